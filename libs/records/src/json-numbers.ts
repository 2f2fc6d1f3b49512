import type { Column, NumberColumn } from './column.ts';
import { maxIntegerBytes, writeInteger } from './json-digits.ts';
import { copyBytes, type JsonField, writeAscii } from './json-field.ts';
import { f32Value } from './value.ts';

/** Integers of any width. They are copied into one kind of array first: the loop over rows then knows what it reads. */
export class JsonInteger implements JsonField {
  readonly #prefix: Uint8Array;
  readonly #required: boolean;
  #values = new Float64Array();

  constructor(prefix: Uint8Array, required: boolean) {
    this.#prefix = prefix;
    this.#required = required;
  }

  bind(column: Column, length: number): number {
    const values = (column as NumberColumn).values as Float64Array;
    if (this.#values.length < length) this.#values = new Float64Array(length);
    this.#values.set(values.subarray(0, length));
    const isAbsent = !this.#required && isZero(this.#values, length);
    return isAbsent ? 0 : this.#prefix.length + maxIntegerBytes;
  }

  write(out: Uint8Array, at: number, row: number): number {
    const value = this.#values[row];
    if (value === 0 && !this.#required) return at;
    return writeInteger(out, copyBytes(this.#prefix, out, at), value);
  }
}

export class JsonBool implements JsonField {
  readonly #true: Uint8Array;
  readonly #false: Uint8Array;
  #values = new Uint8Array();

  constructor(prefix: Uint8Array, required: boolean) {
    this.#true = Buffer.concat([prefix, Buffer.from('true')]);
    this.#false = required ? Buffer.concat([prefix, Buffer.from('false')]) : new Uint8Array();
  }

  bind(column: Column): number {
    this.#values = column.values as Uint8Array<ArrayBuffer>;
    return this.#true.length + 1;
  }

  write(out: Uint8Array, at: number, row: number): number {
    return copyBytes(this.#values[row] === 0 ? this.#false : this.#true, out, at);
  }
}

export class JsonFloat implements JsonField {
  readonly #prefix: Uint8Array;
  readonly #required: boolean;
  #values = new Float32Array();

  constructor(prefix: Uint8Array, required: boolean) {
    this.#prefix = prefix;
    this.#required = required;
  }

  bind(column: Column): number {
    this.#values = column.values as Float32Array<ArrayBuffer>;
    return this.#prefix.length + 25;
  }

  write(out: Uint8Array, at: number, row: number): number {
    const value = f32Value(this.#values[row]);
    if (value === 0 && !this.#required) return at;
    return writeAscii(out, copyBytes(this.#prefix, out, at), String(value));
  }
}

function isZero(values: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (values[i] !== 0) return false;
  return true;
}
