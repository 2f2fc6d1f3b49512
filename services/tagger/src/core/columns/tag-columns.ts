import type { Batch, NameColumn, TextColumn } from '@flowloom/records';
import { type TagSets, tagNames } from '../lookup/tag-set.ts';

const width = tagNames.length;
const none = 0xffff_ffff;

/**
 * Writes the tags of one side into a batch. Each distinct tag set gets a slot, each slot's texts one code per column; then
 * every column is one walk over the slots of the rows. Which set has which slot, and which text which code, is kept in
 * pairs of arrays that name each other, so that nothing has to be cleared between batches.
 */
export class TagColumns {
  readonly #prefix: 'client' | 'server';
  #slots = new Uint32Array(0);
  #slotOfSet = new Uint32Array(64);
  #setOfSlot = new Uint32Array(64);
  #length = 0;
  readonly #writers = tagNames.map(() => new Codes());

  constructor(prefix: 'client' | 'server') {
    this.#prefix = prefix;
  }

  begin(rows: number): void {
    if (this.#slots.length < rows) {
      this.#slots = new Uint32Array(2 * rows);
      this.#setOfSlot = new Uint32Array(2 * rows);
    }
    this.#length = 0;
  }

  /** `row` is one of those that `begin` announced. */
  set(row: number, set: number): void {
    if (set >= this.#slotOfSet.length) this.#slotOfSet = grown(this.#slotOfSet, set);
    let slot = this.#slotOfSet[set];
    if (slot >= this.#length || this.#setOfSlot[slot] !== set) {
      slot = this.#length++;
      this.#setOfSlot[slot] = set;
      this.#slotOfSet[set] = slot;
    }
    this.#slots[row] = slot;
  }

  write(into: Batch, first: number, rows: number, sets: TagSets): void {
    for (const [tag, name] of tagNames.entries()) {
      const column = into.column(`${this.#prefix}_${name}`) as NameColumn | TextColumn;
      this.#writers[tag].begin(column, sets.texts[tag], this.#length);
    }
    this.#findCodes(sets.words);
    for (const writer of this.#writers) writer.write(this.#slots, first, rows);
  }

  /** Set by set, whose numbers lie beside each other. */
  #findCodes(words: Uint32Array): void {
    const writers = this.#writers;
    for (let slot = 0; slot < this.#length; slot++) {
      const at = this.#setOfSlot[slot] * width;
      for (let tag = 0; tag < width; tag++) writers[tag].set(slot, words[at + tag]);
    }
  }
}

/** The codes of one tag's column, by slot. */
class Codes {
  #column!: NameColumn | TextColumn;
  #texts: readonly string[] = [];
  #codes = new Uint32Array(64);
  #codeOfNumber = new Uint32Array(64);
  #numberOfCode = new Uint32Array(64).fill(none);
  /** How many codes there are: of names those of the dictionary, of texts those of the slots. */
  #length = 0;
  #isFresh = true;
  #isUsed = false;

  begin(column: NameColumn | TextColumn, texts: readonly string[], slots: number): void {
    this.#column = column;
    this.#texts = texts;
    if (this.#codes.length < slots) this.#codes = new Uint32Array(2 * slots);
    this.#length = column.kind === 'name' ? column.dictionary.length : 1;
    this.#isFresh = this.#length === 1;
    const most = this.#length + slots;
    if (this.#numberOfCode.length < most) this.#numberOfCode = new Uint32Array(2 * most).fill(none);
    this.#numberOfCode.fill(none, 0, this.#length);
    if (this.#codeOfNumber.length < texts.length) this.#codeOfNumber = grown(this.#codeOfNumber, texts.length);
    this.#isUsed = false;
  }

  set(slot: number, number: number): void {
    if (number === 0) {
      this.#codes[slot] = 0;
      return;
    }
    let code = this.#codeOfNumber[number];
    if (code >= this.#length || this.#numberOfCode[code] !== number) code = this.#add(number);
    this.#codes[slot] = code;
  }

  write(slots: Uint32Array, first: number, rows: number): void {
    if (!this.#isUsed) return;
    const codes = this.#codes;
    if (this.#column.kind === 'name') {
      const { values } = this.#column;
      for (let row = 0; row < rows; row++) values[first + row] = codes[slots[row]];
      return;
    }
    const { values } = this.#column;
    for (let row = 0; row < rows; row++) {
      const code = codes[slots[row]];
      if (code !== 0) values[first + row] = this.#texts[this.#numberOfCode[code]];
    }
  }

  #add(number: number): number {
    this.#isUsed = true;
    const column = this.#column;
    const text = this.#texts[number];
    let code = this.#length;
    // Where the dictionary has strings already, this may be one of them.
    if (column.kind === 'name') code = this.#isFresh ? column.add(text) : column.code(text);
    this.#length = Math.max(this.#length, code + 1);
    this.#numberOfCode[code] = number;
    this.#codeOfNumber[number] = code;
    return code;
  }
}

function grown(array: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * Math.max(index, array.length));
  larger.set(array);
  return larger;
}
