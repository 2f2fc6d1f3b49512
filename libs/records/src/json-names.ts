import type { Column, NameColumn } from './column.ts';
import type { JsonField } from './json-field.ts';

/** A name field: every string of the dictionary is written once, with the field's name; rows copy those bytes. */
export class JsonNames implements JsonField {
  readonly #prefix: Uint8Array;
  readonly #required: boolean;
  #codes = new Uint32Array();
  /** `,"name":"text"` of each code, one behind the other: code i begins at `#starts[i]`. */
  #bytes = Buffer.alloc(256);
  #starts = new Uint32Array(1);

  constructor(prefix: Uint8Array, required: boolean) {
    this.#prefix = prefix;
    this.#required = required;
  }

  bind(column: Column, length: number): number {
    const { dictionary, values } = column as NameColumn;
    this.#codes = values as Uint32Array<ArrayBuffer>;
    if (!this.#required && isZero(values, length)) return 0;
    this.#starts = new Uint32Array(dictionary.length + 1);
    let longest = 0;
    for (const [code, text] of dictionary.entries()) longest = Math.max(longest, this.#add(code, text));
    return longest;
  }

  write(out: Uint8Array, at: number, row: number): number {
    const code = this.#codes[row];
    const bytes = this.#bytes;
    const end = this.#starts[code + 1];
    for (let i = this.#starts[code]; i < end; i++) out[at++] = bytes[i];
    return at;
  }

  #add(code: number, text: string): number {
    const start = this.#starts[code];
    const isWritten = text !== '' || this.#required;
    const field = isWritten ? Buffer.concat([this.#prefix, Buffer.from(JSON.stringify(text))]) : Buffer.alloc(0);
    if (start + field.length > this.#bytes.length) {
      const grown = Buffer.alloc(2 * (start + field.length));
      this.#bytes.copy(grown, 0, 0, start);
      this.#bytes = grown;
    }
    field.copy(this.#bytes, start);
    this.#starts[code + 1] = start + field.length;
    return field.length;
  }
}

function isZero(codes: Uint32Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (codes[i] !== 0) return false;
  return true;
}
