import type { Side } from '@flowloom/otlp';
import { type Batch, type NameColumn, type SideTag, sideTags, type taggedRequest } from '@flowloom/records';

const names = Object.keys(sideTags) as SideTag[];
const named = names.filter((name) => sideTags[name].kind === 'name');
const nobody = Object.fromEntries(names.map((name) => [name, ''])) as Side;

/**
 * Reads one side's tags out of a batch. Rows of one pod have the same tags: they get one object, which is found by the
 * codes of the dictionary columns, so that 17 fields cost one per row.
 */
export class SideReader {
  readonly #codes: readonly Uint32Array[];
  readonly #columns: readonly NameColumn[];
  readonly #labels: readonly string[];
  readonly #known = new Map<number, { row: number; side: Side }[]>();

  constructor({ columns }: Batch<typeof taggedRequest.fields>, prefix: 'client' | 'server') {
    this.#columns = named.map((name) => columns[`${prefix}_${name}` as 'client_pod']);
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
    const side: Record<SideTag, string> = { ...nobody };
    for (const [i, name] of named.entries()) side[name] = this.#columns[i].get(row);
    side.labels = this.#labels[row];
    return side;
  }
}
