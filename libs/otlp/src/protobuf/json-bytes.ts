import { Buffer } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const SPACE = 0x20;
const BILLION = 1e9;
const hexDigits = Buffer.from('0123456789abcdef');

/** Buffer's own reader of text, without what stands around it. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice: (this: Uint8Array, start: number, end: number) => string;
};

/** JSON text in one growing buffer of UTF-8. Numbers of 64 bits are written as text, as OTLP/JSON has it. */
export class JsonBytes {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #at = 0;

  reset(): void {
    this.#at = 0;
  }

  /** What was written: valid until the next `reset`. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  toString(): string {
    return utf8Slice.call(this.#bytes, 0, this.#at);
  }

  byte(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = code;
  }

  /** Ends a list of what is followed by a comma each. */
  close(code: number): void {
    const isEmpty = this.#bytes[this.#at - 1] !== 0x2c;
    if (isEmpty) this.byte(code);
    else this.#bytes[this.#at - 1] = code;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.#bytes[this.#at + i] = bytes[i];
    this.#at += bytes.length;
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i);
  }

  /** A string given as UTF-8. */
  string(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const code = from[i];
      if (code > 127 || code < SPACE || code === QUOTE || code === BACKSLASH) {
        this.#escaped(utf8Slice.call(from, start, end));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  #escaped(text: string): void {
    const json = JSON.stringify(text);
    this.#reserve(3 * json.length);
    this.#at += this.#bytes.write(json, this.#at, 'utf8');
  }

  /** Bytes as lower-case hex. */
  hex(from: Uint8Array, start: number, end: number): void {
    this.#reserve(2 * (end - start) + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      bytes[at++] = hexDigits[from[i] >> 4];
      bytes[at++] = hexDigits[from[i] & 15];
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    if (value >= BILLION) this.ascii(String(value));
    else {
      this.#reserve(10);
      this.#at = this.#digits(value, digitsOf(value));
    }
  }

  /** A uint64 of two words as text. */
  uint64(high: number, low: number): void {
    // Long division by 10^9, whose steps stay below 2^53.
    const top = high % BILLION;
    const upper = top * 65536 + (low >>> 16);
    const middle = Math.floor(upper / BILLION);
    const lower = (upper - middle * BILLION) * 65536 + (low & 65535);
    const last = Math.floor(lower / BILLION);
    const quotient = Math.floor(high / BILLION) * 2 ** 32 + middle * 65536 + last;
    this.byte(QUOTE);
    if (quotient > 0) this.integer(quotient);
    const rest = lower - last * BILLION;
    this.#reserve(10);
    this.#at = this.#digits(rest, quotient > 0 ? 9 : digitsOf(rest));
    this.#bytes[this.#at++] = QUOTE;
  }

  /** Below 10^9, with leading zeros. */
  #digits(value: number, count: number): number {
    const end = this.#at + count;
    for (let i = end - 1; i >= this.#at; i--) {
      const rest = (value / 10) | 0;
      this.#bytes[i] = ZERO + value - 10 * rest;
      value = rest;
    }
    return end;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}
