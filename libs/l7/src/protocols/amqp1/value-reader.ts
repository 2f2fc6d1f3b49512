import { Cursor } from '../../bytes/cursor.ts';
import { u32be, u64be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { u64Text } from '../../bytes/u64-text.ts';

/** A descriptor of a descriptor of ...: nobody sends that. */
const MAX_DESCRIPTORS = 4;
const DESCRIBED = 0;
const NULL = 0x40;
/** Bytes of the fixed-width values by the upper half of their constructor, from 0x4_ on. */
const widths = [0, 1, 2, 4, 8, 16];

/**
 * Reads values of the AMQP 1.0 type system (part 1): a constructor of one byte, whose upper half says how long the value is, and
 * the value. Values of another type than asked for are passed over and read as absent. Nothing is read recursively.
 */
export class ValueReader {
  readonly cursor = new Cursor();

  set(bytes: Uint8Array, at: number, end: number): this {
    this.cursor.set(bytes, at, end);
    return this;
  }

  get ok(): boolean {
    return this.cursor.ok;
  }

  /** Passes over one value of any kind, and stands behind it. */
  skip(): void {
    const { cursor } = this;
    for (let descriptors = 0; cursor.ok; ) {
      const code = cursor.u8();
      if (code !== DESCRIBED) {
        this.#skipContent(code);
        if (descriptors === 0) return;
        descriptors--;
      } else if (++descriptors > MAX_DESCRIPTORS) cursor.ok = false;
    }
  }

  /** The code of a described value that follows (0x00, then an unsigned long); -1 if none does, or it is named by a symbol. */
  descriptor(): number {
    const { cursor } = this;
    if (cursor.u8() !== DESCRIBED) return this.#back();
    const code = cursor.u8();
    if (code === 0x53) return cursor.u8();
    if (code === 0x80) {
      const at = cursor.take(8);
      return at < 0 ? -1 : u64be(cursor.bytes, at);
    }
    this.#skipContent(code);
    return -1;
  }

  /** Enters a list: how many elements follow. -1 if what follows, and is passed over, is none. */
  list(): number {
    return this.#compound(0xc0, 0xd0);
  }

  /** Enters a map: how many keys and values follow. */
  map(): number {
    return this.#compound(0xc1, 0xd1);
  }

  /** An unsigned number of any width, or -1. */
  uint(): number {
    const { cursor } = this;
    const code = cursor.u8();
    if (code === 0x43 || code === 0x44) return 0;
    if (code === 0x50 || code === 0x52 || code === 0x53) return cursor.u8();
    if (code === 0x60) return cursor.u16();
    if (code === 0x70) return cursor.u32();
    this.#skipContent(code);
    return -1;
  }

  boolean(): boolean {
    const { cursor } = this;
    const code = cursor.u8();
    if (code === 0x56) return cursor.u8() === 1;
    if (code !== 0x41) this.#skipContent(code);
    return code === 0x41;
  }

  /** A string or symbol, or ''. */
  text(limit = 256): string {
    const { cursor } = this;
    const code = cursor.u8();
    const at = cursor.at;
    this.#skipContent(code);
    if (!cursor.ok || (code & 0x0f) === 0) return '';
    const width = code >> 4 === 0xa ? 1 : code >> 4 === 0xb ? 4 : 0;
    return width === 0 ? '' : text(cursor.bytes, at + width, cursor.at, limit);
  }

  /** A message id: a string, a number, or bytes in hex (part 3, section 3.2.11). */
  id(): string {
    const { cursor } = this;
    const from = cursor.at;
    const code = cursor.u8();
    const at = cursor.at;
    this.#skipContent(code);
    if (!cursor.ok || code === NULL) return '';
    if (code === 0x80) return u64Text(cursor.bytes, at);
    if (code === 0x98) return Buffer.from(cursor.bytes.subarray(at, at + 16)).toString('hex');
    if (code === 0xa0) return Buffer.from(cursor.bytes.subarray(at + 1, Math.min(cursor.at, at + 65))).toString('hex');
    const behind = cursor.at;
    cursor.at = from;
    const number = code === 0x53 || code === 0x44 ? String(this.uint()) : this.text();
    cursor.at = behind;
    return number;
  }

  #compound(small: number, large: number): number {
    const { cursor } = this;
    const code = cursor.u8();
    if (code === 0x45) return 0; // list0
    if (code === small) {
      cursor.take(1);
      return cursor.u8();
    }
    if (code === large) {
      cursor.take(4);
      return cursor.u32();
    }
    this.#skipContent(code);
    return -1;
  }

  #skipContent(code: number): void {
    const { cursor } = this;
    const kind = code >> 4;
    if (kind < 4) cursor.ok = false;
    else if (kind < 10) cursor.take(widths[kind - 4]);
    else if ((kind & 1) === 0) cursor.take(cursor.u8());
    else cursor.take(cursor.u32());
  }

  #back(): number {
    this.cursor.at--;
    this.skip();
    return -1;
  }
}

/** Length of a compound value with its constructor, as far as one is there: for what must be entered and left again. */
export function endOfCompound(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return end;
  const kind = bytes[at] >> 4;
  if (kind === 0xc) return Math.min(end, at + 2 + bytes[at + 1]);
  if (kind === 0xd && at + 5 <= end) return Math.min(end, at + 5 + u32be(bytes, at + 1));
  return kind === 4 ? at + 1 : end;
}
