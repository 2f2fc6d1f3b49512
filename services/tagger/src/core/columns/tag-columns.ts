import type { Batch, NameColumn, TextColumn } from '@flowloom/records';
import { type TagSet, tagNames } from '../lookup/tag-set.ts';

/**
 * Writes the tags of one side into a batch. Each distinct tag set gets a slot, each slot's names one dictionary code
 * per column; then every column is one walk over the slots of the rows.
 */
export class TagColumns {
  readonly #prefix: 'client' | 'server';
  readonly #sets: TagSet[] = [];
  #slots = new Uint32Array(0);
  #batch = 0;

  constructor(prefix: 'client' | 'server') {
    this.#prefix = prefix;
  }

  /** `batch` is a number that no other batch or side has. */
  begin(rows: number, batch: number): void {
    if (this.#slots.length < rows) this.#slots = new Uint32Array(2 * rows);
    this.#sets.length = 0;
    this.#batch = batch;
  }

  set(row: number, tags: TagSet): void {
    if (tags.batch !== this.#batch) {
      tags.batch = this.#batch;
      tags.slot = this.#sets.length;
      this.#sets.push(tags);
    }
    this.#slots[row] = tags.slot;
  }

  write(into: Batch, first: number, rows: number): void {
    for (const [i, name] of tagNames.entries()) {
      if (this.#sets.every((set) => set.values[i] === '')) continue;
      const column = into.column(`${this.#prefix}_${name}`);
      if (column?.kind === 'name') this.#writeNames(column as NameColumn, i, first, rows);
      else this.#writeTexts(column as TextColumn, i, first, rows);
    }
  }

  #writeNames(column: NameColumn, tag: number, first: number, rows: number): void {
    const codes = Uint32Array.from(this.#sets, (set) => column.code(set.values[tag]));
    const { values } = column;
    const slots = this.#slots;
    for (let row = 0; row < rows; row++) values[first + row] = codes[slots[row]];
  }

  #writeTexts({ values }: TextColumn, tag: number, first: number, rows: number): void {
    for (let row = 0; row < rows; row++) values[first + row] = this.#sets[this.#slots[row]].values[tag];
  }
}
