import { i32be, u16be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';

/**
 *     type (low 4 bits), tag (high 4 bits, or 15 and one more byte), value
 *
 *     0 int8   1 int16   2 int32   3 int64   4 float   5 double   6 string, length (8)   7 string, length (32)
 *     8 map   9 list   10 struct begins   11 struct ends   12 zero   13 bytes                       Tars, "Tars coding"
 */
export class TarsFields {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  tag = 0;
  type = 0;
  /** Of integers up to 32 bits. */
  number = 0;
  /** Where a string stands. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end, and at fields that are not read (maps, lists, structs). */
  next(): boolean {
    const bytes = this.#bytes;
    if (this.#at + 2 > this.#end) {
      if (this.#at >= this.#end || (bytes[this.#at] & 15) !== 12) return false;
    }
    this.type = bytes[this.#at] & 15;
    this.tag = bytes[this.#at] >> 4;
    this.#at++;
    if (this.tag === 15) this.tag = bytes[this.#at++];
    this.start = this.#at;
    const size = this.#size();
    if (size < 0 || size > this.#end - this.start) return false;
    this.#at = this.end = this.start + size;
    this.number = this.#integer();
    return true;
  }

  text(): string {
    return text(this.#bytes, this.start, this.end);
  }

  /** Bytes of the value; -1 if it is not read. */
  #size(): number {
    switch (this.type) {
      case 0:
        return 1;
      case 1:
        return 2;
      case 2:
      case 4:
        return 4;
      case 3:
      case 5:
        return 8;
      case 6:
        return this.#bytes[this.start++];
      case 7:
        this.start += 4;
        return this.start > this.#end ? -1 : i32be(this.#bytes, this.start - 4);
      case 12:
        return 0;
      default:
        return -1;
    }
  }

  #integer(): number {
    const { start } = this;
    if (this.type === 0) return (this.#bytes[start] << 24) >> 24;
    if (this.type === 1) return (u16be(this.#bytes, start) << 16) >> 16;
    return this.type === 2 ? i32be(this.#bytes, start) : 0;
  }
}
