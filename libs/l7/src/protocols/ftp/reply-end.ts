import { isContinued, replyCode } from '../../bytes/reply-line.ts';

/**
 * Lines of a reply (RFC 959 4.2): `ddd-text`, any lines, `ddd text` with the same code. One in each connection.
 */
export class ReplyLines {
  /** Code of the reply whose last line is still to come, or 0. */
  #within = 0;

  reset(): void {
    this.#within = 0;
  }

  /** The code if the line in [start, end) ends a reply, -1 if more lines follow, 0 if it is no reply. */
  line(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCode(bytes, start, end);
    if (this.#within > 0) {
      if (code !== this.#within || isContinued(bytes, start)) return -1;
      this.#within = 0;
      return code;
    }
    if (code === 0 || !isContinued(bytes, start)) return code;
    this.#within = code;
    return -1;
  }
}
