import { type Batch, type Fields, type NameColumn, type RecordType, RowCopier } from '@flowloom/records';
import { type RowColumns, rowColumns } from './row-columns.ts';
import { type SideFinder, stateBits, states, tagSetOf } from './side-finder.ts';
import { Sightings } from './sightings.ts';
import { TagColumns } from './tag-columns.ts';

/** How many rows came out in which state. */
export interface TagCounts {
  rows: number;
  ambiguous: number;
  unknown: number;
}

/** Tags batches of one record type: copies their columns, finds both sides of every row, writes the tag columns. */
export class RowTagger<R extends Fields, T extends Fields> {
  readonly #finder: SideFinder;
  readonly #copier: RowCopier;
  readonly #transport: 'protocol' | 'transport';
  readonly #sightings: Sightings;
  readonly #client = new TagColumns('client');
  readonly #server = new TagColumns('server');
  #states = new Uint8Array(0);

  constructor(finder: SideFinder, from: RecordType<R>, to: RecordType<T>, transport: 'protocol' | 'transport') {
    this.#finder = finder;
    this.#copier = new RowCopier(from, to);
    this.#transport = transport;
    this.#sightings = new Sightings(finder);
  }

  /** Appends the tagged rows of `raw` to `into`. */
  tag(raw: Batch<R>, into: Batch<T>, isStale: boolean, counts: TagCounts): void {
    const rows = raw.length;
    const first = this.#copier.append(raw, into);
    const tagged = into as unknown as Batch;
    this.#begin(rows);
    const columns = rowColumns(raw as unknown as Batch, this.#transport);
    for (let row = 0; row < rows; row++) this.#tagRow(columns, row);
    this.#client.write(tagged, first, rows, this.#finder.sets);
    this.#server.write(tagged, first, rows, this.#finder.sets);
    this.#writeStates(tagged.column('tag_state') as NameColumn, first, rows, isStale, counts);
  }

  #begin(rows: number): void {
    if (this.#states.length < rows) this.#states = new Uint8Array(2 * rows);
    this.#finder.begin();
    this.#sightings.begin();
    this.#client.begin(rows);
    this.#server.begin(rows);
  }

  #tagRow(columns: RowColumns, row: number): void {
    const finder = this.#finder;
    const { clientIp, serverIp } = columns;
    const timeUs = columns.startUs[row];
    const spot = this.#sightings.at(columns, row, timeUs);
    let vpc = spot.vpcNumber;
    if (vpc === 0 && finder.knowsMacs) vpc = finder.vpcOfMacs(columns, row, timeUs);
    if (vpc === 0) vpc = spot.agentVpcNumber;

    let client = finder.side(vpc, clientIp, row, timeUs);
    client = finder.atPlace(client, spot, vpc, columns.clientMac[row], clientIp, row, timeUs);
    let clientNumber = finder.found;
    let server = finder.side(vpc, serverIp, row, timeUs);
    server = finder.atPlace(server, spot, vpc, columns.serverMac[row], serverIp, row, timeUs);
    let serverNumber = finder.found;
    if (vpc === 0 && ((client ^ server) & stateBits) !== 0) {
      // One address alone may say which VPC this is.
      if ((client & stateBits) === states.ambiguous && (vpc = finder.vpcOf(serverNumber)) !== 0) {
        client = finder.side(vpc, clientIp, row, timeUs);
        client = finder.atPlace(client, spot, vpc, columns.clientMac[row], clientIp, row, timeUs);
        clientNumber = finder.found;
      } else if ((server & stateBits) === states.ambiguous && (vpc = finder.vpcOf(clientNumber)) !== 0) {
        server = finder.side(vpc, serverIp, row, timeUs);
        server = finder.atPlace(server, spot, vpc, columns.serverMac[row], serverIp, row, timeUs);
        serverNumber = finder.found;
      }
    }
    const protocol = columns.protocolNumber[columns.protocol[row]];
    if (protocol !== 0) {
      client = finder.atPort(client, clientNumber, clientIp, row, columns.clientPort[row], protocol, timeUs);
      server = finder.atPort(server, serverNumber, serverIp, row, columns.serverPort[row], protocol, timeUs);
    }
    this.#client.set(row, tagSetOf(client));
    this.#server.set(row, tagSetOf(server));
    // A row is only as good as its worse side.
    this.#states[row] = Math.max(client & stateBits, server & stateBits);
  }

  #writeStates(column: NameColumn, first: number, rows: number, isStale: boolean, counts: TagCounts): void {
    const codes = [isStale ? 'stale' : 'fresh', isStale ? 'stale' : 'unknown', 'ambiguous'].map((s) => column.code(s));
    const seen = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      column.values[first + row] = codes[this.#states[row]];
      seen[this.#states[row]]++;
    }
    counts.rows += rows;
    counts.unknown += seen[states.unknown];
    counts.ambiguous += seen[states.ambiguous];
  }
}
