import { type Batch, type Fields, type NameColumn, type RecordType, RowCopier } from '@flowloom/records';
import { type RowColumns, rowColumns } from './row-columns.ts';
import type { NumberedPlace, NumberedSide, SideFinder } from './side-finder.ts';
import { SightingCodes } from './sighting-codes.ts';
import { TagColumns } from './tag-columns.ts';

/** How many rows came out in which state. */
export interface TagCounts {
  rows: number;
  ambiguous: number;
  unknown: number;
}

const fresh = 0;
const unknown = 1;
const ambiguous = 2;
let batches = 0;

/** Tags batches of one record type: copies their columns, finds both sides of every row, writes the tag columns. */
export class RowTagger<R extends Fields, T extends Fields> {
  readonly #finder: SideFinder;
  readonly #copier: RowCopier;
  readonly #transport: 'protocol' | 'transport';
  readonly #sightings = new SightingCodes();
  readonly #client = new TagColumns('client');
  readonly #server = new TagColumns('server');
  #states = new Uint8Array(0);

  constructor(finder: SideFinder, from: RecordType<R>, to: RecordType<T>, transport: 'protocol' | 'transport') {
    this.#finder = finder;
    this.#copier = new RowCopier(from, to);
    this.#transport = transport;
  }

  /** Appends the tagged rows of `raw` to `into`. */
  tag(raw: Batch<R>, into: Batch<T>, isStale: boolean, counts: TagCounts): void {
    const rows = raw.length;
    const first = this.#copier.append(raw, into);
    this.#begin(rows);
    const columns = rowColumns(raw as unknown as Batch, this.#transport);
    for (let row = 0; row < rows; row++) this.#tagRow(columns, row);
    this.#client.write(into as unknown as Batch, first, rows);
    this.#server.write(into as unknown as Batch, first, rows);
    this.#writeStates((into as unknown as Batch).column('tag_state') as NameColumn, first, rows, isStale, counts);
  }

  #begin(rows: number): void {
    if (this.#states.length < rows) this.#states = new Uint8Array(2 * rows);
    this.#finder.begin();
    this.#sightings.begin();
    this.#client.begin(rows, ++batches);
    this.#server.begin(rows, ++batches);
  }

  #tagRow(columns: RowColumns, row: number): void {
    const finder = this.#finder;
    const timeUs = columns.startUs[row];
    const place = this.#place(columns, row, timeUs);
    let client = finder.side(place, false, columns.clientIp, row, timeUs);
    let server = finder.side(place, true, columns.serverIp, row, timeUs);
    if (place.vpc === undefined && client.state !== server.state) {
      // One address alone may say which VPC this is.
      if (client.state === 'ambiguous' && server.vpc) {
        client = finder.side(finder.placeInVpc(place, server.vpc), false, columns.clientIp, row, timeUs);
      } else if (server.state === 'ambiguous' && client.vpc) {
        server = finder.side(finder.placeInVpc(place, client.vpc), true, columns.serverIp, row, timeUs);
      }
    }
    const protocol = columns.protocolNumber[columns.protocol[row]];
    if (protocol !== 0) {
      client = finder.atPort(client, place, columns.clientIp, row, columns.clientPort[row], protocol, timeUs);
      server = finder.atPort(server, place, columns.serverIp, row, columns.serverPort[row], protocol, timeUs);
    }
    this.#client.set(row, client.tags);
    this.#server.set(row, server.tags);
    this.#states[row] = stateOf(client, server);
  }

  #place(columns: RowColumns, row: number, timeUs: number): NumberedPlace {
    const sighting = this.#sightings.number(columns, row, this.#finder);
    return this.#finder.place(sighting, columns, row, timeUs);
  }

  #writeStates(column: NameColumn, first: number, rows: number, isStale: boolean, counts: TagCounts): void {
    const codes = [isStale ? 'stale' : 'fresh', isStale ? 'stale' : 'unknown', 'ambiguous'].map((s) => column.code(s));
    const seen = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      column.values[first + row] = codes[this.#states[row]];
      seen[this.#states[row]]++;
    }
    counts.rows += rows;
    counts.unknown += seen[unknown];
    counts.ambiguous += seen[ambiguous];
  }
}

/** A row is only as good as its worse side. */
function stateOf(client: NumberedSide, server: NumberedSide): number {
  if (client.state === 'ambiguous' || server.state === 'ambiguous') return ambiguous;
  return client.state === 'unknown' || server.state === 'unknown' ? unknown : fresh;
}
