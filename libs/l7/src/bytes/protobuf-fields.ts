import { text } from './text.ts';

/**
 * The fields of one protobuf message, one after the other (protobuf.dev, "Encoding"): `while (fields.next())` then `number`
 * and, by wire type, `value` or [start, end). Reads only within the bounds given; ends early where the bytes are no message.
 */
export class ProtobufFields {
  #bytes: Uint8Array = empty;
  #at = 0;
  #end = 0;
  number = 0;
  /** 0 varint, 1 64 bits, 2 bytes, 5 32 bits */
  wireType = 0;
  /** Of a varint: rounded above 2^53. */
  value = 0;
  /** Where the content stands. */
  start = 0;
  end = 0;
  /** Everything so far was well-formed. */
  ok = true;

  over(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.ok = true;
    return this;
  }

  next(): boolean {
    if (this.#at >= this.#end || !this.ok) return false;
    const tag = this.#varint();
    this.number = Math.floor(tag / 8);
    this.wireType = tag % 8;
    this.value = 0;
    if (this.number === 0) this.ok = false;
    else if (this.wireType === 0) {
      this.start = this.#at;
      this.value = this.#varint();
      this.end = this.#at;
    } else if (this.wireType === 1) this.#content(8);
    else if (this.wireType === 2) this.#content(this.#varint());
    else if (this.wireType === 5) this.#content(4);
    else this.ok = false;
    return this.ok;
  }

  text(): string {
    return text(this.#bytes, this.start, this.end);
  }

  /** The varint at hand as a signed number of 32 bits; negative ones are written as 64. */
  get int32(): number {
    return Number(BigInt.asIntN(32, this.#exact()));
  }

  /** The varint at hand, unsigned and exact: ids of 64 bits. */
  varintText(): string {
    return this.value <= Number.MAX_SAFE_INTEGER ? String(this.value) : String(BigInt.asUintN(64, this.#exact()));
  }

  #exact(): bigint {
    if (this.value <= Number.MAX_SAFE_INTEGER) return BigInt(this.value);
    let value = 0n;
    for (let at = this.start, shift = 0n; at < this.end; at++, shift += 7n)
      value |= BigInt(this.#bytes[at] & 0x7f) << shift;
    return value;
  }

  #content(length: number): void {
    this.start = this.#at;
    if (length > this.#end - this.#at) this.ok = false;
    else this.#at += length;
    this.end = this.#at;
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1, i = 0; i < 10; i++, factor *= 128) {
      if (this.#at >= this.#end) break;
      const byte = this.#bytes[this.#at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    this.ok = false;
    return 0;
  }
}

const empty = new Uint8Array(0);
