import { Buffer } from 'node:buffer';
import { writeHexWord } from '@flowloom/records';

const two32 = 2 ** 32;

const SLAB_BYTES = 256 * 1024;
/** Larger messages get memory of their own. */
const MAX_SHARED_BYTES = SLAB_BYTES / 8;
/** Up to here a loop copies faster than a call. */
const MAX_LOOPED_BYTES = 64;

/**
 * Writes the protobuf wire format (protobuf.dev/programming-guides/encoding) into one growing buffer that is used
 * again for every message. A nested message is opened with `begin`, which leaves room for its length, and closed with
 * `end`, which writes the length and moves the bytes only where the room was wrong.
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  #at = 0;
  /** Where messages are handed out from: one large piece of memory is cheaper than one for each. */
  #slab = Buffer.allocUnsafeSlow(0);
  #slabAt = 0;

  /** A copy of what was written, in a slab with others where it is small; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const length = this.#at;
    const message = length > MAX_SHARED_BYTES ? Buffer.allocUnsafeSlow(length) : this.#carve(length);
    this.#bytes.copy(message, 0, 0, length);
    this.#at = 0;
    return message;
  }

  #carve(length: number): Uint8Array<ArrayBuffer> {
    if (this.#slabAt + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#slabAt = 0;
    }
    const start = this.#slabAt;
    this.#slabAt += length;
    return this.#slab.subarray(start, this.#slabAt);
  }

  get size(): number {
    return this.#at;
  }

  /** A copy of what was written since it had this size. */
  copy(from: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, from, this.#at);
  }

  /** Takes back what was written since it had this size. */
  cut(size: number): void {
    this.#at = size;
  }

  /** Appends what another writer holds at [start, end). */
  from(other: ProtobufWriter, start: number, end: number): void {
    this.#reserve(end - start);
    other.#bytes.copy(this.#bytes, this.#at, start, end);
    this.#at += end - start;
  }

  /** Empties the writer: after an error in the middle of a message. */
  reset(): void {
    this.#at = 0;
  }

  /** Opens a nested message. `expectedBytes` decides how much room its length gets; any size is right. */
  begin(field: number, expectedBytes: number): number {
    this.#tag(field, 2);
    const room = expectedBytes < 128 ? 1 : 2;
    this.#reserve(room);
    this.#at += room;
    return this.#at * 4 + room;
  }

  end(mark: number): void {
    const room = mark & 3;
    const start = (mark - room) / 4;
    const length = this.#at - start;
    const needed = varintSize(length);
    if (needed !== room) {
      this.#reserve(needed);
      this.#bytes.copyWithin(start - room + needed, start, this.#at);
      this.#at += needed - room;
    }
    let at = start - room;
    let rest = length;
    for (; rest > 127; rest >>>= 7) this.#bytes[at++] = (rest & 127) | 128;
    this.#bytes[at] = rest;
  }

  /** A whole number of either sign below 2^53, as int64 (two's complement). */
  varint(field: number, value: number): void {
    this.#tag(field, 0);
    let low = value >>> 0;
    let high = Math.floor(value / two32) >>> 0;
    this.#reserve(10);
    while (high !== 0 || low > 127) {
      this.#bytes[this.#at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#at++] = low;
  }

  /** A whole number of either sign below 2^53, as fixed64 or sfixed64. */
  fixed64(field: number, value: number): void {
    this.#tag(field, 1);
    this.fixed64Bare(value);
  }

  /** An element of a packed field. */
  fixed64Bare(value: number): void {
    this.#words(value >>> 0, Math.floor(value / two32) >>> 0);
  }

  /** Microseconds as nanoseconds (fixed64): too large for a number, so multiplied in two halves. */
  nanos(field: number, microseconds: number): void {
    this.#tag(field, 1);
    const whole = Math.round(microseconds);
    const low = (whole >>> 0) * 1000;
    this.#words(low >>> 0, (Math.floor(whole / two32) * 1000 + Math.floor(low / two32)) >>> 0);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5);
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  double(field: number, value: number): void {
    this.#tag(field, 1);
    this.doubleBare(value);
  }

  /** An element of a packed field. */
  doubleBare(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  string(field: number, text: string): void {
    const mark = this.begin(field, text.length);
    this.#reserve(text.length * 3);
    const { length } = text;
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        at = this.#at + bytes.write(text, this.#at, 'utf8');
        break;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    this.end(mark);
  }

  /** An id given as hex text: half as many bytes. */
  hex(field: number, text: string): void {
    const mark = this.begin(field, text.length / 2);
    this.#reserve(text.length);
    for (let i = 0; i + 1 < text.length; i += 2) {
      this.#bytes[this.#at++] = (nibble(text.charCodeAt(i)) << 4) | nibble(text.charCodeAt(i + 1));
    }
    this.end(mark);
  }

  /** 8 bytes, given as two words of either sign, most significant first. */
  words(field: number, high: number, low: number): void {
    this.#tag(field, 2);
    this.#reserve(9);
    this.#bytes[this.#at] = 8;
    this.#view.setInt32(this.#at + 1, high);
    this.#view.setInt32(this.#at + 5, low);
    this.#at += 9;
  }

  /** The 16 lower-case hex digits of two words, as a string. */
  hexText(field: number, high: number, low: number): void {
    this.#tag(field, 2);
    this.#reserve(17);
    const bytes = this.#bytes;
    bytes[this.#at] = 16;
    this.#at = writeHexWord(bytes, writeHexWord(bytes, this.#at + 1, high), low);
  }

  /** Bytes that were encoded before, tag included. */
  raw(encoded: Uint8Array): void {
    const { length } = encoded;
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#at;
    if (length > MAX_LOOPED_BYTES) bytes.set(encoded, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = encoded[i];
    this.#at = at + length;
  }

  #tag(field: number, wireType: number): void {
    this.#reserve(2);
    const tag = (field << 3) | wireType;
    if (tag > 127) this.#bytes[this.#at++] = (tag & 127) | 128;
    this.#bytes[this.#at++] = tag > 127 ? tag >>> 7 : tag;
  }

  #words(low: number, high: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#at, low, true);
    this.#view.setUint32(this.#at + 4, high, true);
    this.#at += 8;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }
}

function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : value < 268435456 ? 4 : 5;
}

/** Value of a hex digit of either case. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
}
