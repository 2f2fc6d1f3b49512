import { type Column, type ColumnOf, growColumn, NameColumn, newColumn, type TextColumn } from './column.ts';
import type { Fields } from './field.ts';
import type { RecordType } from './record-type.ts';

export type ColumnsOf<F extends Fields> = { readonly [N in keyof F]: ColumnOf<F[N]['kind']> };

/**
 * Rows of one record type, in columns: what moves between the stages of the pipeline. The rows [0, length) are valid.
 * A batch belongs to whoever holds it; passing it on passes it over. `clear` makes it ready for re-use.
 */
export class Batch<F extends Fields = Fields> {
  readonly type: RecordType<F>;
  readonly columns: ColumnsOf<F>;
  length = 0;
  #capacity: number;
  readonly #all: readonly Column[];
  readonly #texts: readonly TextColumn[];

  constructor(type: RecordType<F>, capacity = 256) {
    this.type = type;
    this.#capacity = Math.max(capacity, 1);
    this.#all = Object.values(type.fields).map((field) => newColumn(field.kind, this.#capacity));
    this.#texts = this.#all.filter((column): column is TextColumn => Array.isArray(column.values));
    const names = Object.keys(type.fields);
    this.columns = Object.fromEntries(names.map((name, i) => [name, this.#all[i]])) as unknown as ColumnsOf<F>;
  }

  /** The column of a field known by name only; undefined where the type has no such field. */
  column(name: string): Column | undefined {
    return Object.hasOwn(this.columns, name) ? (this.columns[name] as Column) : undefined;
  }

  /** Adds a row whose fields are all absent; returns its index. Columns may be re-allocated: fetch `values` afterwards. */
  append(): number {
    return this.extend(1);
  }

  /** Adds `count` such rows; returns the index of the first. */
  extend(count: number): number {
    const first = this.length;
    this.length += count;
    if (this.length > this.#capacity) {
      this.#capacity = Math.max(this.length, this.#capacity * 2);
      for (const column of this.#all) growColumn(column, this.#capacity);
    }
    for (const { values } of this.#texts) for (let row = first; row < this.length; row++) values[row] = '';
    return first;
  }

  /** Forgets all rows and names; keeps the memory. */
  clear(): void {
    for (const column of this.#all) {
      if (!Array.isArray(column.values)) column.values.fill(0, 0, this.length * column.width);
      if (column instanceof NameColumn) column.clear();
    }
    this.length = 0;
  }
}
