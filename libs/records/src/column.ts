import type { FieldKind } from './field.ts';

/** Columns of a batch. `values` grows by doubling, so never keep a reference to it across an append. */
export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

export interface NumberColumn<A extends NumberArray = NumberArray> {
  readonly kind: FieldKind;
  /** Words per row: 4 for `ip`, 2 for `id`, 1 otherwise. */
  readonly width: number;
  values: A;
}

/** Strings that repeat: each is kept once. Code 0 is always the empty string, which means absent. */
export class NameColumn {
  readonly kind = 'name';
  readonly width = 1;
  readonly #codes = new Map<string, number>([['', 0]]);
  readonly dictionary: string[] = [''];
  values: Uint32Array;
  /** How many strings of the dictionary `#codes` knows. */
  #indexed = 1;
  #generation = 0;
  /** The string asked for last: rows often repeat what the one before had. */
  #last = '';
  #lastCode = 0;

  constructor(capacity: number) {
    this.values = new Uint32Array(capacity);
  }

  /** Code of a string in this batch. Look it up once per batch where it repeats. */
  code(text: string): number {
    if (text === this.#last) return this.#lastCode;
    this.#last = text;
    this.#lastCode = this.#find(text);
    return this.#lastCode;
  }

  #find(text: string): number {
    while (this.#indexed < this.dictionary.length) this.#codes.set(this.dictionary[this.#indexed], this.#indexed++);
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.add(text);
      this.#codes.set(text, code);
      this.#indexed++;
    }
    return code;
  }

  /** Code of a string that the caller knows to be new here: spares looking it up. */
  add(text: string): number {
    return this.dictionary.push(text) - 1;
  }

  set(row: number, text: string): void {
    this.values[row] = this.code(text);
  }

  get(row: number): string {
    return this.dictionary[this.values[row]];
  }

  /** Codes hold within one generation: `clear` begins the next. */
  get generation(): number {
    return this.#generation;
  }

  /** Forgets all strings. */
  clear(): void {
    this.#generation++;
    this.#codes.clear();
    this.#codes.set('', 0);
    this.dictionary.length = 1;
    this.#indexed = 1;
    this.#last = '';
    this.#lastCode = 0;
  }
}

export interface TextColumn {
  readonly kind: 'text' | 'map';
  readonly width: 1;
  values: string[];
}

export type ColumnOf<K extends FieldKind> = K extends 'name'
  ? NameColumn
  : K extends 'text' | 'map'
    ? TextColumn
    : K extends 'bool' | 'u8'
      ? NumberColumn<Uint8Array>
      : K extends 'u16'
        ? NumberColumn<Uint16Array>
        : K extends 'u32' | 'ip' | 'id'
          ? NumberColumn<Uint32Array>
          : K extends 'f32'
            ? NumberColumn<Float32Array>
            : NumberColumn<Float64Array>;

export type Column = NumberColumn | NameColumn | TextColumn;

const arrays: Partial<Record<FieldKind, new (length: number) => NumberArray>> = {
  bool: Uint8Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  ip: Uint32Array,
  id: Uint32Array,
  f32: Float32Array,
  u64: Float64Array,
  time: Float64Array,
  mac: Float64Array,
};

export function newColumn(kind: FieldKind, capacity: number): Column {
  if (kind === 'name') return new NameColumn(capacity);
  if (kind === 'text' || kind === 'map') return { kind, width: 1, values: [] };
  const width = kind === 'ip' ? 4 : kind === 'id' ? 2 : 1;
  const NumberArrayOf = arrays[kind]!;
  return { kind, width, values: new NumberArrayOf(capacity * width) };
}

/** Makes room for `capacity` rows. */
export function growColumn(column: Column, capacity: number): void {
  if (Array.isArray(column.values)) return;
  const wanted = capacity * column.width;
  if (column.values.length >= wanted) return;
  const Same = column.values.constructor as new (length: number) => NumberArray;
  const grown = new Same(wanted);
  grown.set(column.values as Uint8Array);
  column.values = grown as never;
}
