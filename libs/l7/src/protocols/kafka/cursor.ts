import { i32be, u16be, u64be } from '../../bytes/numbers.ts';
import type { TextCache } from '../../bytes/text-cache.ts';

/**
 * Reads the primitive types of the protocol guide, in their classic or, in flexible versions, compact form. Beyond the end
 * everything is 0 or '', and `failed` stays true.
 */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  flexible = false;
  failed = false;

  set(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.flexible = this.failed = false;
  }

  skip(length: number): void {
    if (length < 0 || length > this.end - this.at) {
      this.failed = true;
      this.at = this.end;
    } else this.at += length;
  }

  int8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.bytes[at] << 24) >> 24;
  }

  int16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : (u16be(this.bytes, at) << 16) >> 16;
  }

  int32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : i32be(this.bytes, at);
  }

  /** Offsets, which are not negative; rounded above 2^53. */
  uint64(): number {
    const at = this.#take(8);
    return at < 0 ? 0 : u64be(this.bytes, at);
  }

  /** UNSIGNED_VARINT: seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const at = this.#take(1);
      if (at < 0) return 0;
      value += (this.bytes[at] & 0x7f) * 2 ** shift;
      if (this.bytes[at] < 0x80) return value;
    }
    this.failed = true;
    return 0;
  }

  /** VARINT, zigzag. */
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Length of an array, -1 if it is null. */
  array(): number {
    return this.flexible ? this.varint() - 1 : this.int32();
  }

  /** NULLABLE_STRING or COMPACT_NULLABLE_STRING; '' for null. */
  string(texts: TextCache): string {
    const length = this.flexible ? this.varint() - 1 : this.int16();
    if (length <= 0) return '';
    const from = this.at;
    this.skip(length);
    return this.failed ? '' : texts.get(this.bytes, from, this.at);
  }

  skipString(): void {
    const length = this.flexible ? this.varint() - 1 : this.int16();
    if (length > 0) this.skip(length);
  }

  /** Tagged fields behind each structure of a flexible version. */
  skipTags(): void {
    if (!this.flexible) return;
    for (let n = this.varint(); n > 0 && !this.failed; n--) {
      this.varint();
      this.skip(this.varint());
    }
  }

  #take(length: number): number {
    if (length > this.end - this.at) {
      this.failed = true;
      this.at = this.end;
      return -1;
    }
    const at = this.at;
    this.at += length;
    return at;
  }
}
