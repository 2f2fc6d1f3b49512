const LF = 0x0a;
const DOT = 0x2e;
const CR = 0x0d;
/** `CRLF . CRLF` in states: how much of it the bytes so far end with. */
const END = [CR, LF, DOT, CR, LF];

/** Finds the end of a mail, which is a line with nothing but a dot (RFC 5321 4.1.1.4), in pieces of any size. */
export class MailData {
  /** The first line may be the dot itself. */
  #matched = 2;

  start(): void {
    this.#matched = 2;
  }

  /** Index behind the end of the mail, or -1 if it goes on beyond `end`. */
  pass(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      if (bytes[at] === END[this.#matched]) this.#matched++;
      else this.#matched = bytes[at] === CR ? 1 : 0;
      if (this.#matched === END.length) return at + 1;
    }
    return -1;
  }
}
