import { constants, inflateSync, zstdDecompressSync } from 'node:zlib';
import { u24le } from '../../bytes/numbers.ts';
import { isZlib, isZstd } from './detect.ts';

/** Most bytes that one compressed packet may become: its declared length, which has 24 bits, bounded. */
const MAX_INFLATED = 256 * 1024;
const MAX_HELD = 64 * 1024;
const none = new Uint8Array(0);

/** The plain packets within the compressed packets of one direction: a packet may span several. */
export class CompressedStream {
  #held: Uint8Array = none;
  /** Bytes of a packet still to be skipped. */
  #skip = 0;

  /**
   * Takes the payload [at, end) of a compressed packet and calls `packet` for each plain one that begins in what is known.
   *
   * @param whole the payload is all there
   * @param wanted how many bytes of a packet must be there at least
   */
  push(
    bytes: Uint8Array,
    at: number,
    end: number,
    before: number,
    whole: boolean,
    wanted: number,
    packet: (bytes: Uint8Array, at: number, length: number, end: number) => void,
  ): void {
    const plain = before === 0 ? bytes.subarray(at, end) : inflate(bytes, at, end, before);
    let data = this.#held.length === 0 ? plain : Buffer.concat([this.#held, plain]);
    this.#held = none;
    let from = Math.min(this.#skip, data.length);
    this.#skip -= from;
    while (from + 4 <= data.length) {
      const length = u24le(data, from);
      const there = Math.min(data.length, from + 4 + length);
      if (there - from - 4 < Math.min(length, wanted)) break;
      packet(data, from + 4, length, there);
      this.#skip = from + 4 + length - there;
      from = there;
    }
    data = data.subarray(from);
    const lost = !whole || (before !== 0 && plain.length < before);
    if (lost) this.#skip = 0;
    else if (data.length > 0 && data.length <= MAX_HELD) this.#held = Uint8Array.from(data);
  }

  reset(): void {
    this.#held = none;
    this.#skip = 0;
  }
}

/** As much as there is of it, at most MAX_INFLATED bytes; empty if it is no compressed data. */
function inflate(bytes: Uint8Array, at: number, end: number, before: number): Uint8Array {
  const data = bytes.subarray(at, end);
  try {
    const maxOutputLength = Math.min(before, MAX_INFLATED);
    if (isZlib(data, 0)) return inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
    return isZstd(data, 0) ? zstdDecompressSync(data, { maxOutputLength }) : none;
  } catch {
    return none; // not what it says, or larger than it says
  }
}
