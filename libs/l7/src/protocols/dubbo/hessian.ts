import { i32be, u16be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { stringEnd } from './hessian-string.ts';

const MAX_DEPTH = 32;
const MAX_CLASSES = 256;
/** Bytes behind the tag of values of fixed length: int, long, double, date, reference to a type follow below. */
const FIXED: Readonly<Record<number, number>> = {
  68: 8, // double
  73: 4, // int
  74: 8, // date in ms
  75: 4, // date in minutes
  76: 8, // long
  89: 4, // long of 32 bits
  91: 0, // 0.0
  92: 0, // 1.0
  93: 1,
  94: 2,
  95: 4,
};

/** Reads Hessian 2.0 ("Hessian 2.0 Serialization Protocol", 9) value by value, and can skip what it need not know. */
export class HessianReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  /** Number of fields of each class defined so far. */
  readonly #fields: number[] = [];
  /** False once something could not be read: nothing after it can be either. */
  ok = true;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** The next value if it is a string, else ''; it is skipped in either case. */
  string(): string {
    const at = this.#at;
    this.skip();
    if (!this.ok || !isString(this.#bytes[at])) return '';
    const head = this.#bytes[at] < 0x20 ? 1 : this.#bytes[at] < 0x40 ? 2 : 3;
    return text(this.#bytes, at + head, this.#at);
  }

  /** The next value if it is a small integer, else -1; it is skipped in either case. */
  smallInt(): number {
    const tag = this.#bytes[this.#at];
    this.skip();
    return this.ok && tag >= 0x80 && tag <= 0xbf ? tag - 0x90 : -1;
  }

  /** Hands over the pairs of texts of a map, which is the next value; true if it is one. */
  map(found: (key: string, value: string) => void): boolean {
    const tag = this.#byte();
    if (tag === 0x4d) this.skip();
    else if (tag !== 0x48) this.ok = false;
    while (this.ok && this.#bytes[this.#at] !== 0x5a) {
      const key = this.string();
      const value = this.string();
      if (this.ok && key !== '') found(key, value);
    }
    return this.ok;
  }

  /** Name of the class of the next value, which is an object of a class not seen before; else ''. */
  className(): string {
    if (this.#byte() !== 0x43) return '';
    const tag = this.#bytes[this.#at];
    return isString(tag) ? this.string() : '';
  }

  /** Passes one value. */
  skip(depth = 0): void {
    if (depth > MAX_DEPTH) this.ok = false;
    const tag = this.#byte();
    if (!this.ok) return;
    if (isString(tag)) this.#skipString(tag);
    else if (tag >= 0x80) this.#skipBytes(compactLength(tag));
    else if (tag >= 0x38 && tag < 0x40) this.#skipBytes(2);
    else if (tag === 0x4e || tag === 0x54 || tag === 0x46) return;
    else if (FIXED[tag] !== undefined) this.#skipBytes(FIXED[tag]);
    else if (tag >= 0x20 && tag < 0x30) this.#skipBytes(tag - 0x20);
    else if (tag >= 0x34 && tag < 0x38) this.#skipBytes(((tag - 0x34) << 8) + this.#byte());
    else if (tag === 0x41 || tag === 0x42) this.#skipChunks(tag);
    else if (tag === 0x51) this.skip(depth + 1);
    else this.#skipStructure(tag, depth + 1);
  }

  #skipStructure(tag: number, depth: number): void {
    if (tag >= 0x70) {
      if (tag < 0x78) this.skip(depth);
      this.#skipMany(tag & 7, depth);
    } else if (tag >= 0x60) this.#skipMany(this.#fields[tag - 0x60] ?? -1, depth);
    else if (tag === 0x4f) this.#skipMany(this.#fields[this.#int()] ?? -1, depth);
    else if (tag === 0x43) {
      this.#defineClass(depth);
      this.skip(depth);
    } else if (tag === 0x56 || tag === 0x58) {
      if (tag === 0x56) this.skip(depth);
      this.#skipMany(this.#int(), depth);
    } else if (tag === 0x48 || tag === 0x4d || tag === 0x55 || tag === 0x57) {
      if (tag === 0x4d || tag === 0x55) this.skip(depth);
      while (this.ok && this.#bytes[this.#at] !== 0x5a) this.skip(depth);
      this.#byte();
    } else this.ok = false;
  }

  #defineClass(depth: number): void {
    this.skip(depth);
    const fields = this.#int();
    if (this.#fields.length >= MAX_CLASSES) this.ok = false;
    this.#fields.push(fields);
    this.#skipMany(fields, depth);
  }

  #skipMany(count: number, depth: number): void {
    if (count < 0) this.ok = false;
    for (let i = 0; i < count && this.ok; i++) this.skip(depth);
  }

  #int(): number {
    const at = this.#at;
    const tag = this.#byte();
    if (tag >= 0x80 && tag <= 0xbf) return tag - 0x90;
    if (tag >= 0xc0 && tag <= 0xcf) return ((tag - 0xc8) << 8) + this.#byte();
    if (tag >= 0xd0 && tag <= 0xd7) {
      this.#skipBytes(2);
      return this.ok ? ((tag - 0xd4) << 16) + u16be(this.#bytes, at + 1) : -1;
    }
    if (tag === 0x49) this.#skipBytes(4);
    else this.ok = false;
    return this.ok ? i32be(this.#bytes, at + 1) : -1;
  }

  /** Chunks that are not the last have the tag of the first: `R` of strings, `A` of binary. */
  #skipChunks(first: number): void {
    for (let tag = first; this.ok; tag = this.#byte()) {
      const length = (this.#byte() << 8) + this.#byte();
      this.#skipBytes(length);
      if (tag !== 0x41) return;
    }
  }

  #skipString(first: number): void {
    for (let tag = first; this.ok; tag = this.#byte()) {
      if (!isString(tag)) this.ok = false;
      const length =
        tag < 0x20 ? tag : tag < 0x40 ? ((tag - 0x30) << 8) + this.#byte() : (this.#byte() << 8) + this.#byte();
      const end = stringEnd(this.#bytes, this.#at, this.#end, length);
      if (end < 0) this.ok = false;
      else this.#at = end;
      if (tag !== 0x52) return;
    }
  }

  #skipBytes(count: number): void {
    if (count > this.#end - this.#at) this.ok = false;
    else this.#at += count;
  }

  #byte(): number {
    if (this.#at < this.#end) return this.#bytes[this.#at++];
    this.ok = false;
    return -1;
  }
}

const isString = (tag: number): boolean =>
  (tag >= 0 && tag < 0x20) || (tag >= 0x30 && tag < 0x34) || tag === 0x52 || tag === 0x53;

/** Bytes behind the tag of integers of one to three bytes. */
function compactLength(tag: number): number {
  if (tag <= 0xbf || (tag >= 0xd8 && tag <= 0xef)) return 0;
  return tag >= 0xd0 && tag <= 0xd7 ? 2 : 1;
}
