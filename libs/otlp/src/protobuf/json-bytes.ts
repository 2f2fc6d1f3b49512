import { Buffer } from 'node:buffer';
import { copyBytes, maxIntegerBytes, writeAscii, writeHexByte, writeInteger, writeNineDigits } from '@flowloom/records';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const BILLION = 1e9;
const BEFORE_KEY = Buffer.from('{"key":"');
const BEFORE_TEXT = Buffer.from('","value":{"stringValue":"');
const BEFORE_INTEGER = Buffer.from('","value":{"intValue":"');
const BEHIND_VALUE = Buffer.from('"}}');
/** More than an attribute takes besides its key and its value. */
const ATTRIBUTE_BYTES = 64;

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
    return this.#bytes.toString('utf8', 0, this.#at);
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
    this.#at = copyBytes(bytes, this.#bytes, this.#at);
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    this.#at = writeAscii(this.#bytes, this.#at, text);
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
        this.#escaped(Buffer.from(from.buffer, from.byteOffset + start, end - start).toString('utf8'));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** An attribute: key and text given as UTF-8. False, and nothing is written, where a character is not written as it is. */
  textAttribute(from: Uint8Array, keyStart: number, keyEnd: number, start: number, end: number): boolean {
    this.#reserve(keyEnd - keyStart + end - start + ATTRIBUTE_BYTES);
    let at = this.#plain(from, keyStart, keyEnd, copyBytes(BEFORE_KEY, this.#bytes, this.#at));
    if (at > 0) at = this.#plain(from, start, end, copyBytes(BEFORE_TEXT, this.#bytes, at));
    if (at > 0) this.#at = copyBytes(BEHIND_VALUE, this.#bytes, at);
    return at > 0;
  }

  /** The same with a whole number from 0 to 2^53. */
  integerAttribute(from: Uint8Array, keyStart: number, keyEnd: number, value: number): boolean {
    this.#reserve(keyEnd - keyStart + ATTRIBUTE_BYTES);
    let at = this.#plain(from, keyStart, keyEnd, copyBytes(BEFORE_KEY, this.#bytes, this.#at));
    if (at > 0) at = writeInteger(this.#bytes, copyBytes(BEFORE_INTEGER, this.#bytes, at), value);
    if (at > 0) this.#at = copyBytes(BEHIND_VALUE, this.#bytes, at);
    return at > 0;
  }

  /** Copies characters that JSON writes as they are to `at`; returns where they end, 0 where there is another one. */
  #plain(from: Uint8Array, start: number, end: number, at: number): number {
    const bytes = this.#bytes;
    for (let i = start; i < end; i++) {
      const code = from[i];
      if (code > 127 || code < SPACE || code === QUOTE || code === BACKSLASH) return 0;
      bytes[at++] = code;
    }
    return at;
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
    for (let i = start; i < end; i++) at = writeHexByte(bytes, at, from[i]);
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    this.#reserve(maxIntegerBytes);
    this.#at = writeInteger(this.#bytes, this.#at, value);
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
    const rest = lower - last * BILLION;
    this.integer(quotient > 0 ? quotient : rest);
    this.#reserve(10);
    if (quotient > 0) this.#at = writeNineDigits(this.#bytes, this.#at, rest);
    this.#bytes[this.#at++] = QUOTE;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
