import { closeSync, openSync, writeSync } from 'node:fs';

/** Bytes that are gathered before they are written. */
const gatherBytes = 1 << 20;

/**
 * A file of lines. Writing is synchronous: a producer that is faster than the disk waits, so nothing queues. Throws what
 * the file system says.
 */
export class LineWriter {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(gatherBytes);
  #used = 0;

  /** Makes the file, or empties it. */
  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  /** Complete lines, each with its line feed. */
  write(lines: Uint8Array): void {
    if (this.#used + lines.length > gatherBytes) this.flush();
    if (lines.length > gatherBytes) writeAll(this.#fd, lines);
    else {
      this.#buffer.set(lines, this.#used);
      this.#used += lines.length;
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }

  /** Writes what is gathered. */
  flush(): void {
    writeAll(this.#fd, this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
