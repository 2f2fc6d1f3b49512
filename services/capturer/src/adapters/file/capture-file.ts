import { closeSync, openSync, readSync } from 'node:fs';
import { CaptureReader } from '@flowloom/packet';
import { byteStream, unpackerOf } from './byte-stream.ts';

/**
 * Bytes that one read of a plain file asks for: they are still in the cache of the processor when they are decoded. Reading
 * ahead in another thread costs three times as much: what it copies has to come back from there.
 */
const readBytes = 256 << 10;
/** Room in front of them for the part of a record with which the read before ended; it grows where records are longer. */
const roomBytes = 64 << 10;

/**
 * A capture in a file or on the standard input (`-`), plain, in gzip or in zstd:
 *
 *     while (await file.fill()) while (file.reader.next()) use(file.reader.frame);
 *     file.close();
 *
 * Frames are valid until the next `fill`. What goes wrong becomes `error`; what was read before still counts.
 */
export class CaptureFile {
  readonly path: string;
  readonly reader: CaptureReader;
  #systemError: string | null = null;
  #fd: number | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;

  constructor(path: string) {
    this.path = path;
    this.reader = new CaptureReader({ bufferBytes: roomBytes + readBytes });
  }

  /** Where and why reading ended, for a person; null where nothing is wrong. */
  get error(): string | null {
    return this.#systemError ?? this.reader.error?.message ?? null;
  }

  /** Reads on. False: there are no more frames. */
  fill(): boolean | Promise<boolean> {
    if (this.error !== null) return false;
    try {
      if (this.#chunks !== undefined) return this.#fillFromStream(this.#chunks);
      if (this.#fd === undefined) {
        if (this.path === '-' || isPacked(this.path)) {
          this.#chunks = byteStream(this.path);
          return this.#fillFromStream(this.#chunks);
        }
        this.#fd = openSync(this.path, 'r');
      }
      return this.#fillFromFile(this.#fd);
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fillFromFile(fd: number): boolean {
    const bytes = readSync(fd, this.reader.reserve(readBytes), 0, readBytes, null);
    if (bytes === 0) this.reader.end();
    else this.reader.commit(bytes);
    return bytes > 0;
  }

  async #fillFromStream(chunks: AsyncIterator<Buffer>): Promise<boolean> {
    try {
      const { value, done } = await chunks.next();
      if (done === true) this.reader.end();
      else this.reader.push(value);
      return done !== true;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): false {
    this.#systemError = sentence(error as NodeJS.ErrnoException);
    return false;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    void this.#chunks?.return?.();
  }
}

function isPacked(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(8);
    readSync(fd, head, 0, head.length, 0);
    return unpackerOf(head) !== undefined;
  } finally {
    closeSync(fd);
  }
}

function sentence(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
      return 'not allowed to read it';
    case 'EISDIR':
      return 'a folder, not a file';
    case 'Z_BUF_ERROR':
      return 'the packed data is cut short';
    case 'Z_DATA_ERROR':
      return `the packed data is damaged: ${error.message}`;
    default:
      return error.message;
  }
}
