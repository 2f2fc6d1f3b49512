import { i32be } from '../../bytes/numbers.ts';
import { binaryEncoding, compactEncoding, type Encoding, Kind } from './encoding.ts';
import { varint, varintEnd } from './varint.ts';

const MAX_DEPTH = 64;
/** More than this in one list or string is not believed. */
const MAX_SKIP = 1024 * 1024 * 1024;
const BAD = -1;
const MORE = 0;

/** Values of alternating types that are still to come; a struct where `types` is null. */
interface Level {
  types: readonly [number, number] | null;
  left: number;
}

/** Finds the end of a struct, in as many pieces as it comes in. Nothing of it is kept. */
export class StructWalker {
  readonly #levels: Level[] = [];
  readonly #isCompact: boolean;
  readonly #encoding: Encoding;

  constructor(isCompact: boolean) {
    this.#isCompact = isCompact;
    this.#encoding = isCompact ? compactEncoding : binaryEncoding;
    this.#levels.push({ types: null, left: 0 });
  }

  get isDone(): boolean {
    return this.#levels.length === 0;
  }

  /** Walks on, and returns how many bytes were passed, perhaps beyond `end`; -1 if this is no struct. */
  walk(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at <= end && this.#levels.length > 0) {
      const level = this.#levels[this.#levels.length - 1];
      if (level.types !== null && level.left === 0) {
        this.#levels.pop();
        continue;
      }
      const next = level.types === null ? this.#field(bytes, at, end) : this.#value(level, bytes, at, end);
      if (next === BAD) return BAD;
      if (next === MORE) break;
      at = next;
    }
    return at - start;
  }

  /** Head of a field, or the end of the struct. */
  #field(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return MORE;
    const first = bytes[at];
    if (first === 0) {
      this.#levels.pop();
      return at + 1;
    }
    if (!this.#isCompact) return at + 3 > end ? MORE : this.#push(first, first, 1, at + 3);
    const type = first & 0x0f;
    const next = first >= 0x10 ? at + 1 : varintEnd(bytes, at + 1, end);
    if (next <= 0) return next;
    const isBoolean = type === 1 || type === 2; // the type is the value
    return isBoolean ? next : this.#push(type, type, 1, next);
  }

  /** A value of a level, or all of them at once where their length is known. */
  #value(level: Level, bytes: Uint8Array, at: number, end: number): number {
    const types = level.types!;
    const type = types[level.left % 2 === 0 ? 0 : 1];
    const size = this.#encoding.sizes[type];
    const kind = this.#encoding.kinds[type] ?? Kind.unknown;
    if (kind === Kind.fixed && types[0] === types[1]) {
      const skip = level.left * size;
      level.left = 0;
      return skip > MAX_SKIP ? BAD : at + skip;
    }
    const next = kind === Kind.fixed ? at + size : this.#variable(kind, bytes, at, end, level);
    if (next > 0 && kind !== Kind.list && kind !== Kind.map && kind !== Kind.struct) level.left--;
    return next;
  }

  #variable(kind: Kind, bytes: Uint8Array, at: number, end: number, level: Level): number {
    switch (kind) {
      case Kind.varint:
        return varintEnd(bytes, at, end);
      case Kind.string:
        return this.#string(bytes, at, end);
      case Kind.struct:
        level.left--;
        return this.#enter({ types: null, left: 0 }, at);
      case Kind.list:
        return this.#list(bytes, at, end, level);
      case Kind.map:
        return this.#map(bytes, at, end, level);
      default:
        return BAD;
    }
  }

  #string(bytes: Uint8Array, at: number, end: number): number {
    const from = this.#lengthEnd(bytes, at, end);
    if (from <= 0) return from;
    const length = this.#isCompact ? varint(bytes, at) : i32be(bytes, at);
    return length < 0 || length > MAX_SKIP ? BAD : from + length;
  }

  /** Binary: type (8), size (32). Compact: size (4), type (4), and with size 15 a varint. */
  #list(bytes: Uint8Array, at: number, end: number, level: Level): number {
    if (at >= end) return MORE;
    if (!this.#isCompact) {
      if (at + 5 > end) return MORE;
      level.left--;
      return this.#push(bytes[at], bytes[at], i32be(bytes, at + 1), at + 5);
    }
    const type = bytes[at] & 0x0f;
    const short = bytes[at] >> 4;
    const next = short < 15 ? at + 1 : varintEnd(bytes, at + 1, end);
    if (next <= 0) return next;
    level.left--;
    return this.#push(type, type, short < 15 ? short : varint(bytes, at + 1), next);
  }

  /** Binary: key type, value type, size (32). Compact: size (varint), and if not 0 key type (4), value type (4). */
  #map(bytes: Uint8Array, at: number, end: number, level: Level): number {
    if (!this.#isCompact) {
      if (at + 6 > end) return MORE;
      level.left--;
      return this.#push(bytes[at], bytes[at + 1], 2 * i32be(bytes, at + 2), at + 6);
    }
    const next = varintEnd(bytes, at, end);
    if (next <= 0) return next;
    const size = varint(bytes, at);
    if (size > 0 && next >= end) return MORE;
    level.left--;
    return size === 0 ? next : this.#push(bytes[next] >> 4, bytes[next] & 0x0f, 2 * size, next + 1);
  }

  #push(first: number, second: number, left: number, next: number): number {
    if (left < 0) return BAD;
    const { kinds } = this.#encoding;
    if (
      left > 0 &&
      ((kinds[first] ?? Kind.unknown) === Kind.unknown || (kinds[second] ?? Kind.unknown) === Kind.unknown)
    )
      return BAD;
    return left === 0 ? next : this.#enter({ types: [first, second], left }, next);
  }

  #enter(level: Level, next: number): number {
    if (this.#levels.length >= MAX_DEPTH) return BAD;
    this.#levels.push(level);
    return next;
  }

  #lengthEnd(bytes: Uint8Array, at: number, end: number): number {
    if (this.#isCompact) return varintEnd(bytes, at, end);
    return at + 4 > end ? MORE : at + 4;
  }
}
