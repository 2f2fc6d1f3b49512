const tokenBytes = new Uint8Array(256);
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
  tokenBytes[byte] = 1;

/** May stand in a method or header name (RFC 9110 5.6.2). */
export const isTokenByte = (byte: number): boolean => tokenBytes[byte] === 1;

const usualMethods = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH MERGE ' +
    'MKACTIVITY CHECKOUT PURGE LINK UNLINK SUBSCRIBE UNSUBSCRIBE NOTIFY CCM_POST QUERY BIND REBIND UNBIND ACL'
  ).split(' '),
);

/** Methods in use (IANA HTTP Method Registry, and some beside it), by which a start line is known that is otherwise wrong. */
export const isUsualMethod = (method: string): boolean => usualMethods.has(method);

/** First byte of a target: a path, `*`, or the scheme of an absolute URI. */
export const isTargetByte = (byte: number): boolean => byte === 0x2f || byte === 0x2a || (byte | 0x20) === 0x68;

/** `\n` that is followed by an empty line, LF alone tolerated: index behind the head that starts at `start`, or -1. */
export function endOfHead(bytes: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (bytes[i] !== 0x0a) continue;
    if (i + 1 < end && bytes[i + 1] === 0x0a) return i + 2;
    if (i + 2 < end && bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a) return i + 3;
  }
  return -1;
}
