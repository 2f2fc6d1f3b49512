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
  #codes = new Uint32Array(0);
  #codeOfNumber = new Uint32Array(64);
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
    for (const [tag, name] of tagNames.entries()) {
      if (this.#sets.every((set) => set.numbers[tag] === 0)) continue;
      const column = into.column(`${this.#prefix}_${name}`);
      if (column?.kind === 'name') this.#writeNames(column as NameColumn, tag, first, rows);
      else this.#writeTexts(column as TextColumn, tag, first, rows);
    }
  }

  #writeNames(column: NameColumn, tag: number, first: number, rows: number): void {
    const codes = this.#codesOf(column, tag);
    const { values } = column;
    const slots = this.#slots;
    for (let row = 0; row < rows; row++) values[first + row] = codes[slots[row]];
  }

  /** The column's code by slot. Many slots share a value: its text is looked up for the first of them only. */
  #codesOf(column: NameColumn, tag: number): Uint32Array {
    const sets = this.#sets;
    if (this.#codes.length < sets.length) this.#codes = new Uint32Array(2 * sets.length);
    const codes = this.#codes;
    for (let slot = 0; slot < sets.length; slot++) {
      const number = sets[slot].numbers[tag];
      if (number >= this.#codeOfNumber.length) this.#growNumbers(number);
      codes[slot] = this.#codeOfNumber[number] ||= number && column.code(sets[slot].values[tag]);
    }
    for (let slot = 0; slot < sets.length; slot++) this.#codeOfNumber[sets[slot].numbers[tag]] = 0;
    return codes;
  }

  #growNumbers(number: number): void {
    const grown = new Uint32Array(2 * number);
    grown.set(this.#codeOfNumber);
    this.#codeOfNumber = grown;
  }

  #writeTexts({ values }: TextColumn, tag: number, first: number, rows: number): void {
    for (let row = 0; row < rows; row++) values[first + row] = this.#sets[this.#slots[row]].values[tag];
  }
}
