import { Readable } from 'node:stream';

/** Bytes that a reader may be behind. */
const maxUnreadBytes = 8 << 20;

/** The latest lines, for whoever asks later, and a live feed. A reader that is too slow loses lines. */
export class RecentLines {
  readonly #max: number;
  #lines: string[] = [];
  readonly #readers = new Set<(line: string) => void>();

  constructor(max = 20_000) {
    this.#max = max;
  }

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#max) this.#lines = this.#lines.slice(-this.#max);
    for (const reader of this.#readers) reader(line);
  }

  /** Newline-delimited: the last lines, then with `follow` all that come, until the reader goes. */
  stream(last: number, follow: boolean): Readable {
    const past = last === 0 ? [] : this.#lines.slice(-Math.min(last, this.#max));
    if (!follow) return Readable.from(past.map((line) => `${line}\n`));
    const stream = new Readable({ read() {}, highWaterMark: 1 << 20 });
    for (const line of past) stream.push(`${line}\n`);
    const reader = (line: string) => {
      if (stream.readableLength < maxUnreadBytes) stream.push(`${line}\n`);
    };
    this.#readers.add(reader);
    stream.once('close', () => this.#readers.delete(reader));
    return stream;
  }
}
