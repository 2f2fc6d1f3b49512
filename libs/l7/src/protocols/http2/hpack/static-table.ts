/** RFC 7541 appendix A, from index 1 on: names with the values they stand with. */
const rows: readonly string[] = [
  ':authority',
  ':method GET POST',
  ':path / /index.html',
  ':scheme http https',
  ':status 200 204 206 304 400 404 500',
  'accept-charset',
  'accept-encoding gzip,|deflate',
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control ' +
    'content-disposition content-encoding content-language content-length content-location content-range content-type ' +
    'cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since ' +
    'last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after ' +
    'server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate'
  ).split(' '),
];

export interface HeaderField {
  /** Lower case; '' where it is not known, or of no interest. */
  readonly name: string;
  readonly value: string;
}

/** Entry of each index; index 0 is not used. */
export const staticTable: readonly HeaderField[] = [
  { name: '', value: '' },
  ...rows.flatMap((row) => {
    const [name, ...values] = row.split(' ');
    return (values.length > 0 ? values : ['']).map((value) => ({ name, value: value.replace('|', ' ') }));
  }),
];
