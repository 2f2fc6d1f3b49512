import type { Column, TextColumn } from './column.ts';
import { copyBytes, type JsonField } from './json-field.ts';
import { parseMap } from './value.ts';

/** JSON takes at most six bytes for a UTF-16 unit: a control character is \u00XX. */
const maxBytesPerUnit = 6;
const maxCached = 1024;

export class JsonText implements JsonField {
  readonly #prefix: Uint8Array;
  readonly #required: boolean;
  #texts: readonly string[] = [];

  constructor(prefix: Uint8Array, required: boolean) {
    this.#prefix = prefix;
    this.#required = required;
  }

  bind(column: Column, length: number): number {
    this.#texts = (column as TextColumn).values;
    let longest = 0;
    for (let i = 0; i < length; i++) longest = Math.max(longest, this.#texts[i].length);
    return longest === 0 && !this.#required ? 0 : this.#prefix.length + 2 + maxBytesPerUnit * longest;
  }

  write(out: Uint8Array, at: number, row: number): number {
    const json = this.toJson(this.#texts[row]);
    if (json === '') return at;
    at = copyBytes(this.#prefix, out, at);
    return at + (out as Buffer).write(json, at);
  }

  /** '' where nothing is to be written. */
  protected toJson(text: string): string {
    return text === '' && !this.#required ? '' : JSON.stringify(text);
  }
}

/** Map cells hold JSON already, but of whoever wrote the batch: it is checked, and brought into one line. */
export class JsonMap extends JsonText {
  readonly #absent: string;
  readonly #checked = new Map<string, string>();

  constructor(prefix: Uint8Array, required: boolean) {
    super(prefix, required);
    this.#absent = required ? '{}' : '';
  }

  /** Labels are the same in row after row, so what was checked is remembered for a while. */
  protected override toJson(text: string): string {
    if (text === '') return this.#absent;
    let json = this.#checked.get(text);
    if (json === undefined) {
      const map = parseMap(text);
      json = map ? JSON.stringify(map) : this.#absent;
      if (this.#checked.size >= maxCached) this.#checked.clear();
      this.#checked.set(text, json);
    }
    return json;
  }
}
