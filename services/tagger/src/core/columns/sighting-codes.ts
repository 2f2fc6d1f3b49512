import { WordTable } from '@flowloom/records';
import type { RowColumns } from './row-columns.ts';
import type { SideFinder, SightingNumber } from './side-finder.ts';

/** Numbers the sightings of a batch: agent, interface and virtual network of a row, by their codes in that batch. */
export class SightingCodes {
  readonly #table = new WordTable(4);
  readonly #numbers: SightingNumber[] = [];

  begin(): void {
    this.#table.clear();
    this.#numbers.length = 0;
  }

  number(columns: RowColumns, row: number, finder: SideFinder): SightingNumber {
    const { key } = this.#table;
    const isVni = columns.isVni[columns.tunnelType[row]];
    key[0] = columns.agent.values[row];
    key[1] = columns.interface.values[row];
    key[2] = isVni;
    key[3] = isVni === 1 ? columns.tunnelId[row] : 0;
    const local = this.#table.add();
    return (this.#numbers[local] ??= finder.sighting(columns, row));
  }
}
