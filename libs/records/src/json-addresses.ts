import type { Column } from './column.ts';
import { writeHexByte, writeHexWord } from './hex.ts';
import { ipText, isIpAbsent, isIpv4 } from './ip.ts';
import { writeInteger } from './json-digits.ts';
import { copyBytes, type JsonField, writeAscii } from './json-field.ts';

const quote = 34;
const dot = 46;
const colon = 58;

abstract class JsonAddress<A extends Float64Array | Uint32Array> implements JsonField {
  readonly #prefix: Uint8Array;
  readonly #required: boolean;
  readonly #maxText: number;
  readonly #absentText: Uint8Array;
  protected values: A | undefined;

  constructor(prefix: Uint8Array, required: boolean, maxText: number, absentText = '') {
    this.#prefix = prefix;
    this.#required = required;
    this.#maxText = maxText;
    this.#absentText = Buffer.from(absentText);
  }

  bind(column: Column): number {
    this.values = column.values as A;
    return this.#prefix.length + this.#maxText + 2;
  }

  write(out: Uint8Array, at: number, row: number): number {
    const isAbsent = this.isAbsent(row);
    if (isAbsent && !this.#required) return at;
    at = copyBytes(this.#prefix, out, at);
    out[at++] = quote;
    at = isAbsent ? copyBytes(this.#absentText, out, at) : this.writeText(out, at, row);
    out[at++] = quote;
    return at;
  }

  protected abstract isAbsent(row: number): boolean;
  protected abstract writeText(out: Uint8Array, at: number, row: number): number;
}

/** IPv4 is written digit by digit, IPv6 by way of its text. */
export class JsonIp extends JsonAddress<Uint32Array> {
  constructor(prefix: Uint8Array, required: boolean) {
    super(prefix, required, 39, '::');
  }

  protected isAbsent(row: number): boolean {
    return isIpAbsent(this.values!, row);
  }

  protected writeText(out: Uint8Array, at: number, row: number): number {
    const words = this.values!;
    if (!isIpv4(words, row)) return writeAscii(out, at, ipText(words, row));
    const word = words[4 * row + 3];
    at = writeInteger(out, at, word >>> 24);
    out[at++] = dot;
    at = writeInteger(out, at, (word >>> 16) & 255);
    out[at++] = dot;
    at = writeInteger(out, at, (word >>> 8) & 255);
    out[at++] = dot;
    return writeInteger(out, at, word & 255);
  }
}

export class JsonId extends JsonAddress<Uint32Array> {
  constructor(prefix: Uint8Array, required: boolean) {
    super(prefix, required, 16);
  }

  protected isAbsent(row: number): boolean {
    return (this.values![2 * row] | this.values![2 * row + 1]) === 0;
  }

  protected writeText(out: Uint8Array, at: number, row: number): number {
    return writeHexWord(out, writeHexWord(out, at, this.values![2 * row]), this.values![2 * row + 1]);
  }
}

export class JsonMac extends JsonAddress<Float64Array> {
  constructor(prefix: Uint8Array, required: boolean) {
    super(prefix, required, 17);
  }

  protected isAbsent(row: number): boolean {
    return this.values![row] === 0;
  }

  protected writeText(out: Uint8Array, at: number, row: number): number {
    const mac = this.values![row];
    const low = mac >>> 0;
    const high = (mac - low) / 0x1_0000_0000;
    at = writeHexByte(out, at, high >>> 8);
    out[at++] = colon;
    at = writeHexByte(out, at, high & 255);
    for (let shift = 24; shift >= 0; shift -= 8) {
      out[at++] = colon;
      at = writeHexByte(out, at, (low >>> shift) & 255);
    }
    return at;
  }
}
