import { u32be } from '../../bytes/numbers.ts';
import { ascii, text } from '../../bytes/text.ts';

const MAX_NAME = 128;
const MAX_REST = 64 * 1024;
/** A pair spans two records, or a few. */
const MAX_PARTS = 16;

/**
 * Name-value pairs of a request (3.4), whose stream records may cut anywhere:
 *
 *     nameLength (8 or 32), valueLength (8 or 32), name, value      lengths of 32 bits have the first bit set
 */
export class Params {
  #rest: Uint8Array | null = null;
  /** Records that the pair at hand spans; more than `MAX_PARTS` once the thread is lost. */
  #parts = 0;

  /** Takes the content of one record, and hands over the pairs that are whole and wanted. */
  read(
    bytes: Uint8Array,
    start: number,
    end: number,
    wants: (name: string) => boolean,
    found: (name: string, value: string) => void,
  ): void {
    if (this.#parts > MAX_PARTS) return;
    if (this.#rest !== null) {
      bytes = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
      start = 0;
      end = bytes.length;
      this.#rest = null;
    }
    for (let at = start; at < end; ) {
      const lengths = readLengths(bytes, at, end);
      const next = lengths === null ? end + 1 : lengths.nameAt + lengths.name + lengths.value;
      if (next > end) {
        this.#parts = end - at <= MAX_REST ? this.#parts + 1 : MAX_PARTS + 1;
        if (this.#parts <= MAX_PARTS) this.#rest = Uint8Array.from(bytes.subarray(at, end));
        return;
      }
      const { nameAt, name, value } = lengths!;
      if (name <= MAX_NAME) {
        const key = ascii(bytes, nameAt, nameAt + name);
        if (wants(key)) found(key, text(bytes, nameAt + name, nameAt + name + value));
      }
      at = next;
      this.#parts = 0;
    }
  }
}

interface Lengths {
  name: number;
  value: number;
  nameAt: number;
}

function readLengths(bytes: Uint8Array, at: number, end: number): Lengths | null {
  const lengths: Lengths = { name: 0, value: 0, nameAt: at };
  for (const field of ['name', 'value'] as const) {
    const from = lengths.nameAt;
    const isLong = bytes[from] >= 0x80;
    lengths.nameAt = from + (isLong ? 4 : 1);
    if (lengths.nameAt > end) return null;
    lengths[field] = isLong ? u32be(bytes, from) & 0x7fff_ffff : bytes[from];
  }
  return lengths;
}
