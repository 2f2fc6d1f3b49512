import { closeSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { CaptureReader } from '@flowloom/packet';
import { byteStream, unpackerOf } from './byte-stream.ts';

const readAsync = promisify(read);

/** Bytes that one read of a plain file asks for. */
const readBytes = 4 << 20;
/** In front of them there is room for the part of a record that the read before ended with; longer parts are copied. */
const roomBytes = 512 << 10;

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
  /** The next bytes of a plain file, under way to `#next` while those before are used. */
  #ahead: Promise<number> | undefined;
  #next: Uint8Array | undefined;

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

  /** The first bytes are read at once; those after them by another thread, while the first are used. */
  #fillFromFile(fd: number): boolean | Promise<boolean> {
    if (this.#ahead !== undefined) return this.#fillFromAhead(this.#ahead, fd);
    const bytes = readSync(fd, this.reader.reserve(readBytes), 0, readBytes, null);
    this.reader.commit(bytes);
    if (bytes === readBytes) this.#readAhead(fd, new Uint8Array(roomBytes + readBytes));
    return this.#filled(bytes);
  }

  async #fillFromAhead(ahead: Promise<number>, fd: number): Promise<boolean> {
    try {
      const bytes = await ahead;
      const { reader } = this;
      let free = this.#next!;
      if (reader.unreadBytes <= roomBytes) free = reader.continueIn(free, roomBytes, bytes);
      else reader.push(free.subarray(roomBytes, roomBytes + bytes));
      if (bytes > 0)
        this.#readAhead(fd, free.length < roomBytes + readBytes ? new Uint8Array(roomBytes + readBytes) : free);
      return this.#filled(bytes);
    } catch (error) {
      return this.#fail(error);
    }
  }

  #readAhead(fd: number, into: Uint8Array): void {
    this.#next = into;
    this.#ahead = readAsync(fd, into, roomBytes, readBytes, null).then(({ bytesRead }) => bytesRead);
    this.#ahead.catch(() => {}); // whoever awaits it is told
  }

  #filled(bytes: number): boolean {
    if (bytes === 0) this.reader.end();
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
    const fd = this.#fd;
    this.#fd = undefined;
    // A read that is under way needs the file.
    if (fd !== undefined) void Promise.resolve(this.#ahead).then(close(fd), close(fd));
    void this.#chunks?.return?.();
  }
}

const close = (fd: number) => () => closeSync(fd);

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
