import type { Side } from '@flowloom/otlp';
import { type Batch, type NameColumn, type SideTag, sideTags, type taggedRequest } from '@flowloom/records';

const names = Object.keys(sideTags) as SideTag[];
const named = names.filter((name) => sideTags[name].kind === 'name');
const nobody = Object.fromEntries(names.map((name) => [name, ''])) as Side;

/** Most sides that are known; then all are forgotten. */
const MAX_SIDES = 20_000;

/** Sides by their tags: the same tags give the same object, whatever batch they come in. */
export class Sides {
  readonly #byTags = new Map<string, Side>();

  /** `key` is the same for the same tags only. */
  of(key: string, tags: () => Side): Side {
    let side = this.#byTags.get(key);
    if (side === undefined) {
      if (this.#byTags.size >= MAX_SIDES) this.#byTags.clear();
      side = tags();
      this.#byTags.set(key, side);
    }
    return side;
  }
}

/**
 * Reads one side's tags out of a batch. Rows of one pod have the same tags: they get one object, which is found by the
 * codes of the dictionary columns, so that 17 fields cost one per row. Columns that are empty in all of the batch cost
 * nothing.
 */
export class SideReader {
  readonly #sides: Sides;
  readonly #names: readonly SideTag[];
  readonly #columns: readonly NameColumn[];
  readonly #codes: readonly Uint32Array[];
  readonly #labels: readonly string[];
  readonly #known = new Map<number, { row: number; side: Side }[]>();

  constructor(sides: Sides, { columns }: Batch<typeof taggedRequest.fields>, prefix: 'client' | 'server') {
    const column = (name: SideTag): NameColumn => columns[`${prefix}_${name}` as 'client_pod'];
    this.#sides = sides;
    this.#names = named.filter((name) => column(name).dictionary.length > 1);
    this.#columns = this.#names.map(column);
    this.#codes = this.#columns.map(({ values }) => values);
    this.#labels = columns[`${prefix}_labels`].values;
  }

  read(row: number): Side {
    let hash = 0;
    for (const codes of this.#codes) hash = Math.imul(hash ^ codes[row], 0x01000193) ^ (hash >>> 15);
    const alike = this.#known.get(hash);
    if (alike !== undefined) for (const one of alike) if (this.#isEqual(one.row, row)) return one.side;
    const side = this.#make(row);
    if (alike) alike.push({ row, side });
    else this.#known.set(hash, [{ row, side }]);
    return side;
  }

  #isEqual(a: number, b: number): boolean {
    if (this.#labels[a] !== this.#labels[b]) return false;
    for (const codes of this.#codes) if (codes[a] !== codes[b]) return false;
    return true;
  }

  #make(row: number): Side {
    let key = this.#labels[row];
    for (const [i, column] of this.#columns.entries()) {
      if (column.values[row] !== 0) key += `\0${this.#names[i]}\0${column.get(row)}`;
    }
    return this.#sides.of(key, () => {
      const tags: Record<SideTag, string> = { ...nobody, labels: this.#labels[row] };
      for (const [i, name] of this.#names.entries()) tags[name] = this.#columns[i].get(row);
      return tags;
    });
  }
}
