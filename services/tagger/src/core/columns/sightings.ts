import type { RowColumns } from './row-columns.ts';
import type { NumberedSpot, SideFinder } from './side-finder.ts';

/** The spots of the rows of a batch: most rows are of the same agent, interface, virtual network and container as the one before. */
export class Sightings {
  readonly #finder: SideFinder;
  #agent = -1;
  #interface = -1;
  #vni = -1;
  #container = 0;
  #spot: NumberedSpot | undefined;

  constructor(finder: SideFinder) {
    this.#finder = finder;
  }

  begin(): void {
    this.#spot = undefined;
  }

  at(columns: RowColumns, row: number, timeUs: number): NumberedSpot {
    const agent = columns.agent.values[row];
    const name = columns.interface.values[row];
    const vni = columns.isVni[columns.tunnelType[row]] === 1 ? columns.tunnelId[row] : -1;
    const container = columns.container?.values[row] ?? 0;
    const last = this.#spot;
    const isSame = agent === this.#agent && name === this.#interface && vni === this.#vni;
    if (last !== undefined && isSame && container === this.#container && last.validity.contains(timeUs)) return last;
    this.#agent = agent;
    this.#interface = name;
    this.#vni = vni;
    this.#container = container;
    return (this.#spot = this.#finder.spot(columns, row, timeUs));
  }
}
