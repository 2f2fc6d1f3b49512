import { Cursor } from '../../bytes/cursor.ts';
import { TextCache } from '../../bytes/text-cache.ts';
import type { WireFormat } from './wire-format.ts';

const texts = new TextCache(4096);
const MAX_CACHED = 4096;
const MAX_DEPTH = 8;

/**
 * Reads the fields of a command in either encoding. Loose: every field where it stands, with a byte before what may be
 * null. Tight: all booleans first, eight to a byte, in the order of the fields; numbers as short as they can be.
 */
export class CommandReader {
  readonly cursor = new Cursor();
  #format: WireFormat = { version: 0, tight: false, cache: false };
  #cache: Map<number, string> = new Map();
  #bits = 0;
  #bitsEnd = 0;

  /** Starts behind the data type of a command. @param cache objects of the sender by number, as their names */
  start(bytes: Uint8Array, start: number, end: number, format: WireFormat, cache: Map<number, string>): void {
    const { cursor } = this;
    cursor.set(bytes, start, end);
    this.#format = format;
    this.#cache = cache;
    if (!format.tight) return;
    const first = cursor.u8();
    const length = first === 0xc0 ? cursor.u8() : first === 0x80 ? cursor.u16() : first;
    this.#bits = cursor.at * 8;
    cursor.take(length);
    this.#bitsEnd = cursor.at * 8;
  }

  boolean(): boolean {
    if (!this.#format.tight) return this.cursor.u8() !== 0;
    if (this.#bits >= this.#bitsEnd) {
      this.cursor.ok = false;
      return false;
    }
    const bit = this.#bits++;
    return (this.cursor.bytes[bit >> 3] & (1 << (bit & 7))) !== 0;
  }

  /** Text, '' for null. */
  text(): string {
    if (!this.boolean()) return '';
    if (this.#format.tight) this.boolean(); // plain ASCII: the same to a reader
    const length = this.cursor.u16();
    const at = this.cursor.take(length);
    return at < 0 ? '' : texts.get(this.cursor.bytes, at, at + length);
  }

  /** Passes over 64 bits; in tight encoding two booleans say that they were put into 8, 4, 2 bytes or none. */
  long(): void {
    if (!this.#format.tight) {
      this.cursor.take(8);
      return;
    }
    const atLeastFour = this.boolean();
    const larger = this.boolean();
    if (atLeastFour) this.cursor.take(larger ? 8 : 4);
    else if (larger) this.cursor.take(2);
  }

  /** A sequence of bytes: its index, with `cursor` behind it; -1 for null. */
  bytes(): number {
    return this.boolean() ? this.cursor.take(this.cursor.u32()) : -1;
  }

  /** An object that both sides may keep and name by number. The name of a destination or broker, '' for other objects. */
  cached(depth = 0): string {
    if (!this.#format.cache) return this.nested(depth);
    if (!this.boolean()) return this.#cache.get(this.cursor.u16()) ?? '';
    const index = this.cursor.u16();
    const name = this.nested(depth);
    if (this.cursor.ok && (this.#cache.size < MAX_CACHED || this.#cache.has(index))) this.#cache.set(index, name);
    return name;
  }

  /** An object, by its data type. */
  nested(depth = 0): string {
    if (depth > MAX_DEPTH) this.cursor.ok = false;
    if (!this.cursor.ok || !this.boolean()) return '';
    switch (this.cursor.u8()) {
      case 100: // queue
      case 101: // topic
      case 102: // temporary queue
      case 103: // temporary topic
        return this.text();
      case 120: // ConnectionId
      case 124: // BrokerId
        this.text();
        return '';
      case 121: // SessionId
        this.text();
        this.long();
        return '';
      case 122: // ConsumerId
      case 123: // ProducerId
        this.text();
        this.long();
        this.long();
        return '';
      case 110: // MessageId
        if (this.#format.version >= 10) this.text();
        this.cached(depth + 1);
        this.long();
        this.long();
        return '';
      case 111: // LocalTransactionId
        this.long();
        this.cached(depth + 1);
        return '';
      default:
        this.cursor.ok = false; // nothing behind it can be found
        return '';
    }
  }
}
