import { type Batch, type NameColumn, WordTable } from '@flowloom/records';

/** Groups the rows of a batch by name columns, so that texts are handled once per group and not once per row. */
export class RowGroups {
  readonly #names: readonly string[];
  readonly #table: WordTable;
  /** Group by row. */
  groups = new Uint32Array(0);
  /** A row of each group. */
  readonly rows: number[] = [];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#table = new WordTable(names.length);
  }

  get length(): number {
    return this.rows.length;
  }

  group(batch: Batch): void {
    if (this.groups.length < batch.length) this.groups = new Uint32Array(2 * batch.length);
    this.rows.length = 0;
    this.#table.clear();
    const columns = this.#names.map((name) => (batch.column(name) as NameColumn).values);
    const { key } = this.#table;
    for (let row = 0; row < batch.length; row++) {
      for (let i = 0; i < columns.length; i++) key[i] = columns[i][row];
      const group = this.#table.add();
      if (group === this.rows.length) this.rows.push(row);
      this.groups[row] = group;
    }
  }
}
