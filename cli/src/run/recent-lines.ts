import { Readable } from 'node:stream';

/** Bytes that a reader may be behind. */
const maxUnreadBytes = 8 << 20;

/** A record that holds lines: they are made when somebody wants them. */
export interface LineRecord {
  readonly bytes: number;
  lines(): readonly string[];
}

/** The lines of the latest records, for whoever asks later, and a live feed. A reader that is too slow loses lines. */
export class RecentLines {
  readonly #maxBytes: number;
  #records: LineRecord[] = [];
  #bytes = 0;
  readonly #readers = new Set<(line: string) => void>();

  /** @param maxBytes of records that are kept, and a quarter more */
  constructor(maxBytes = 8 << 20) {
    this.#maxBytes = maxBytes;
  }

  push(record: LineRecord): void {
    this.#records.push(record);
    this.#bytes += record.bytes;
    // In large steps: each moves what stays.
    if (this.#bytes > 1.25 * this.#maxBytes) this.#trim();
    if (this.#readers.size === 0) return;
    for (const line of record.lines()) for (const reader of this.#readers) reader(line);
  }

  #trim(): void {
    let drop = 0;
    for (; this.#bytes > this.#maxBytes && drop < this.#records.length - 1; drop++) {
      this.#bytes -= this.#records[drop].bytes;
    }
    this.#records = this.#records.slice(drop);
  }

  /** Newline-delimited: the last lines, then with `follow` all that come, until the reader goes. */
  stream(last: number, follow: boolean): Readable {
    const past = this.#last(last);
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

  #last(count: number): string[] {
    const parts: (readonly string[])[] = [];
    let lines = 0;
    for (let i = this.#records.length - 1; i >= 0 && lines < count; i--) {
      const part = this.#records[i].lines();
      parts.push(part);
      lines += part.length;
    }
    const all = parts.reverse().flat();
    return all.slice(Math.max(all.length - count, 0));
  }
}
