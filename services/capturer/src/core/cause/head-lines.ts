/** `method SP request-target SP HTTP-version` (RFC 9112 3). */
const requestLine = / HTTP\/1\.[01]$/;
/** `HTTP-version SP status-code SP [ reason-phrase ]` (4). */
const statusLine = /^HTTP\/1\.[01] (\d{3})/;
/** Of one connection alone, or written anew by proxies (RFC 9110 7.6.1, RFC 7239). */
const perHop = /^(connection|keep-alive|proxy-|te:|trailer|transfer-encoding|upgrade|host|via|forwarded|x-forwarded-)/;

/** The header lines at the start of what was read or written, as a proxy passes them on: no two requests need have the same. */
export class HeadLines {
  /** None where the head is not that of HTTP/1, or not whole: nothing can be said then. */
  readonly #lines: Set<string> | undefined;

  constructor(bytes: Uint8Array, start: number, end: number) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const [first, ...lines] = text.slice(0, headEnd).split('\r\n');
    const status = statusLine.exec(first);
    if (status === null && !requestLine.test(first)) return;
    this.#lines = new Set(lines.map(normal).filter((line) => !perHop.test(line)));
    if (status) this.#lines.add(status[1]);
  }

  /** Whether all of them are in `passedOn`, as far as is known. */
  isIn(passedOn: HeadLines): boolean {
    return this.#lines !== undefined && passedOn.#lines !== undefined && this.#lines.isSubsetOf(passedOn.#lines);
  }

  /** How many of these lines are in `passedOn`, less those that are not; undefined where one of them is not known. */
  likeness(passedOn: HeadLines): number | undefined {
    if (this.#lines === undefined || passedOn.#lines === undefined) return undefined;
    let likeness = 0;
    for (const line of this.#lines) likeness += passedOn.#lines.has(line) ? 1 : -1;
    return likeness;
  }
}

/** Names have no case (RFC 9110 5.1), and proxies write them as they like. */
function normal(line: string): string {
  const colon = line.indexOf(':');
  return `${line.slice(0, colon).toLowerCase()}:${line.slice(colon + 1).trim()}`;
}
