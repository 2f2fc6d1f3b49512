import type { Libc, Mapping } from '../libc.ts';

const PAGE_BYTES = 4096;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
const HEADER_BYTES = 8;

/**
 * Takes the record at `bytes[start .. start + length)`, borrowed until `read` returns. `start` is a multiple of 8. `false` says
 * not yet, neither this one nor those behind it.
 */
export type RecordSink = (start: number, length: number) => unknown;

/**
 * The reader's side of a BPF_MAP_TYPE_RINGBUF (linux kernel/bpf/ringbuf.c): one page with the reader's position, one with
 * the writers', then the data twice, so that no record is cut by the end. Of the second time only the beginning is mapped, for the last
 * record: pages that are mapped twice count twice in what a process is said to hold.
 *
 * ```
 *   | consumer | producer | data ............ | the same data ... again |
 *        record: u32 length and flags, u32, bytes, padding to 8
 * ```
 */
export class RingBuffer {
  /** All of the mapped data, with the writers' page in front and its beginning once more behind. */
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly #libc: Libc;
  readonly #mask: number;
  readonly #reader: Mapping;
  readonly #data: Mapping;
  readonly #readerPosition: BigUint64Array;
  #position: number;

  /**
   * @param size of the ring, a power of two
   * @param mostRecordBytes that a record may have
   */
  constructor(libc: Libc, fd: number, size: number, mostRecordBytes: number) {
    this.#libc = libc;
    this.#mask = size - 1;
    this.#reader = libc.mmap(fd, PAGE_BYTES);
    this.#data = libc.mmap(fd, PAGE_BYTES + size + Math.min(size, roundUp(mostRecordBytes)), PAGE_BYTES, true);
    this.#readerPosition = new BigUint64Array(this.#reader.memory, 0, 1);
    this.bytes = new Uint8Array(this.#data.memory);
    this.words = new Uint32Array(this.#data.memory);
    this.#position = Number(this.#readerPosition[0]);
  }

  /** Bytes that wait. */
  get waiting(): number {
    return (Atomics.load(this.words, 0) - this.#position) >>> 0;
  }

  /**
   * Hands over what is there, at most `maxRecords`. Returns how many it were.
   *
   * @param done is called before their memory is given back
   */
  read(sink: RecordSink, maxRecords: number, done?: () => void): number {
    const { words } = this;
    let records = 0;
    let waiting = this.waiting;
    while (waiting > 0 && records < maxRecords) {
      const at = PAGE_BYTES + (this.#position & this.#mask);
      const header = Atomics.load(words, at >>> 2);
      if ((header & BUSY) !== 0) break;
      const length = header & LENGTH;
      const taken = (length + HEADER_BYTES + 7) & ~7;
      if ((header & DISCARDED) === 0 && sink(at + HEADER_BYTES, length) === false) break;
      this.#position += taken;
      waiting -= taken;
      records++;
    }
    if (records === 0) return 0;
    done?.();
    Atomics.store(this.#readerPosition, 0, BigInt(this.#position));
    return records;
  }

  close(): void {
    this.#libc.munmap(this.#reader);
    this.#libc.munmap(this.#data);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil((bytes + HEADER_BYTES) / PAGE_BYTES) * PAGE_BYTES;
}
