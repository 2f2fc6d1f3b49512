import type { Side } from '@flowloom/otlp';
import { type Batch, type NameColumn, type SideTag, sideTags, type taggedRequest, WordTable } from '@flowloom/records';

const names = Object.keys(sideTags) as SideTag[];

/** Most sides and names that are known; then one begins anew. */
const MAX_SIDES = 20_000;
const MAX_NAMES = 200_000;

/**
 * Sides by their tags: the same tags give the same object, whatever batch they come in. Every name has a number here, so
 * that a side is found by numbers.
 */
export class Sides {
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #names = [''];
  readonly #table = new WordTable(names.length);
  readonly #sides: Side[] = [];

  /** Begin with another one: readers that have this one may go on with it. */
  get isFull(): boolean {
    return this.#sides.length >= MAX_SIDES || this.#names.length >= MAX_NAMES;
  }

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** The numbers of the tags of the side that `find` is to find, in the order of `sideTags`. */
  get key(): Uint32Array {
    return this.#table.key;
  }

  find(): Side {
    const number = this.#table.add();
    return (this.#sides[number] ??= this.#make());
  }

  #make(): Side {
    return Object.fromEntries(names.map((name, i) => [name, this.#names[this.key[i]]])) as Side;
  }
}

/** One tag in a batch, and the numbers that its names have among all sides; 0 where that was not asked yet. */
interface TagColumn {
  readonly tag: number;
  readonly values: Uint32Array;
  readonly dictionary: readonly string[];
  readonly numbers: Uint32Array;
}

/**
 * Reads one side's tags out of a batch. Rows of one pod have the same tags: they get one object. Columns that are empty in
 * all of the batch cost nothing.
 */
export class SideReader {
  readonly #sides: Sides;
  readonly #columns: readonly TagColumn[];
  readonly #labels: readonly string[];
  readonly #ofRow: (Side | undefined)[];
  #last = -1;
  #lastLabels = '';
  #lastNumber = 0;

  constructor(sides: Sides, { columns, length }: Batch<typeof taggedRequest.fields>, prefix: 'client' | 'server') {
    this.#sides = sides;
    this.#labels = columns[`${prefix}_labels`].values;
    this.#ofRow = new Array(length).fill(undefined);
    this.#columns = names.flatMap((name, tag) => {
      const { values, dictionary }: NameColumn = columns[`${prefix}_${name}` as 'client_pod'];
      if (sideTags[name].kind !== 'name' || dictionary.length === 1) return [];
      return [{ tag, values, dictionary, numbers: new Uint32Array(dictionary.length) }];
    });
  }

  read(row: number): Side {
    let side = this.#ofRow[row];
    if (side === undefined) {
      // What is read next is mostly what another point saw of the same request.
      side = this.#isLast(row) ? this.#ofRow[this.#last]! : this.#find(row);
      this.#ofRow[row] = side;
      this.#last = row;
    }
    return side;
  }

  #isLast(row: number): boolean {
    const last = this.#last;
    if (last < 0 || this.#labels[row] !== this.#labels[last]) return false;
    for (const { values } of this.#columns) if (values[row] !== values[last]) return false;
    return true;
  }

  #find(row: number): Side {
    const sides = this.#sides;
    const { key } = sides;
    key.fill(0);
    for (const { tag, values, dictionary, numbers } of this.#columns) {
      const code = values[row];
      if (code !== 0) key[tag] = numbers[code] ||= sides.numberOf(dictionary[code]);
    }
    key[LABELS] = this.#labelsNumber(this.#labels[row]);
    return sides.find();
  }

  #labelsNumber(labels: string): number {
    if (labels !== this.#lastLabels) {
      this.#lastLabels = labels;
      this.#lastNumber = this.#sides.numberOf(labels);
    }
    return this.#lastNumber;
  }
}

const LABELS = names.indexOf('labels');
