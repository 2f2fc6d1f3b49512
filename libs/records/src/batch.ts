import { type ColumnOf, growColumn, newColumn } from './column.ts';
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

  constructor(type: RecordType<F>, capacity = 256) {
    this.type = type;
    this.#capacity = capacity;
    this.columns = Object.fromEntries(
      Object.entries(type.fields).map(([name, field]) => [name, newColumn(field.kind, capacity)]),
    ) as unknown as ColumnsOf<F>;
  }

  /** Adds a row whose fields are all absent; returns its index. Columns may be re-allocated: fetch `values` afterwards. */
  append(): number {
    if (this.length === this.#capacity) {
      this.#capacity *= 2;
      for (const column of Object.values(this.columns)) growColumn(column, this.#capacity);
    }
    const row = this.length++;
    for (const column of Object.values(this.columns)) if (Array.isArray(column.values)) column.values[row] = '';
    return row;
  }

  /** Forgets all rows and names; keeps the memory. */
  clear(): void {
    for (const column of Object.values(this.columns)) {
      if (Array.isArray(column.values)) column.values.length = 0;
      else column.values.fill(0, 0, this.length * column.width);
      if (column.kind === 'name') column.clear();
    }
    this.length = 0;
  }
}
