import { type Batch, type Fields, type NameColumn, type RecordType, RowCopier } from '@flowloom/records';
import type { Knowledge } from '../sync/knowledge.ts';
import type { AgentClocks } from './agent-clocks.ts';
import { type RowColumns, rowColumns } from './row-columns.ts';
import { type PackedSide, type SideFinder, stateBits, states, tagSetOf } from './side-finder.ts';
import { Sightings } from './sightings.ts';
import { TagColumns } from './tag-columns.ts';

/** How many rows came out in which state. */
export interface TagCounts {
  rows: number;
  ambiguous: number;
  unknown: number;
  stale: number;
}

export interface RowTaggerOptions {
  /** Rows of times that it does not cover are tagged with what may be out of date. */
  readonly knowledge: Knowledge;
  /** Sides of later rows that have no owner are reported to `onUnknown`: they may still get one. */
  readonly recentUs: number;
  readonly clocks: AgentClocks;
  readonly onUnknown: (words: Uint32Array, row: number) => void;
}

/** Beside a state: what is known may be out of date. Ambiguous rows are so in any case. */
const staleBit = 4;
const stateNames = ['fresh', 'unknown', 'ambiguous', '', 'stale', 'stale', 'ambiguous'];

/** How exact a doubt about a clock is. */
const doubtfulUs = 1e6;

/** Tags batches of one record type: copies their columns, finds both sides of every row, writes the tag columns. */
export class RowTagger<R extends Fields, T extends Fields> {
  readonly #finder: SideFinder;
  readonly #copier: RowCopier;
  readonly #transport: 'protocol' | 'transport';
  readonly #sightings: Sightings;
  readonly #client = new TagColumns('client');
  readonly #server = new TagColumns('server');
  #states = new Uint8Array(0);
  #options!: RowTaggerOptions;
  #clientSide: PackedSide = 0;
  #serverSide: PackedSide = 0;

  constructor(finder: SideFinder, from: RecordType<R>, to: RecordType<T>, transport: 'protocol' | 'transport') {
    this.#finder = finder;
    this.#copier = new RowCopier(from, to);
    this.#transport = transport;
    this.#sightings = new Sightings(finder);
  }

  /** Appends the tagged rows of `raw` to `into`. */
  tag(raw: Batch<R>, into: Batch<T>, options: RowTaggerOptions, counts: TagCounts): void {
    const rows = raw.length;
    this.#options = options;
    const first = this.#copier.append(raw, into);
    const tagged = into as unknown as Batch;
    this.#begin(rows);
    const columns = rowColumns(raw as unknown as Batch, this.#transport);
    const doubts = columns.agent.dictionary.map((agent) => options.clocks.doubtUs(agent));
    for (let row = 0; row < rows; row++) this.#tagRow(columns, row, doubts[columns.agent.values[row]]);
    this.#client.write(tagged, first, rows, this.#finder.sets);
    this.#server.write(tagged, first, rows, this.#finder.sets);
    this.#writeStates(tagged.column('tag_state') as NameColumn, first, rows, counts);
  }

  #begin(rows: number): void {
    if (this.#states.length < rows) this.#states = new Uint8Array(2 * rows);
    this.#finder.begin();
    this.#sightings.begin();
    this.#client.begin(rows);
    this.#server.begin(rows);
  }

  #tagRow(columns: RowColumns, row: number, doubtUs: number): void {
    const startUs = columns.startUs[row];
    this.#find(columns, row, startUs);
    if (doubtUs !== 0) this.#findInDoubt(columns, row, startUs, doubtUs);
    const client = this.#clientSide;
    const server = this.#serverSide;
    this.#client.set(row, tagSetOf(client));
    this.#server.set(row, tagSetOf(server));
    // A row is only as good as its worse side.
    this.#states[row] = Math.max(client & stateBits, server & stateBits);
    if (this.#states[row] !== states.known) this.#noteUnknown(columns, row, startUs);
    if (!this.#options.knowledge.covers(startUs + Math.min(doubtUs, 0))) this.#states[row] |= staleBit;
  }

  #noteUnknown(columns: RowColumns, row: number, startUs: number): void {
    const { recentUs, onUnknown } = this.#options;
    if (startUs < recentUs) return;
    if ((this.#clientSide & stateBits) === states.unknown) onUnknown(columns.clientIp, row);
    if ((this.#serverSide & stateBits) === states.unknown) onUnknown(columns.serverIp, row);
  }

  /** The row's clock may be wrong by so much: only what is true at either time is said. */
  #findInDoubt(columns: RowColumns, row: number, startUs: number, doubtUs: number): void {
    let client = this.#clientSide;
    let server = this.#serverSide;
    for (const inexactUs of [-doubtfulUs, 0, doubtfulUs]) {
      this.#find(columns, row, startUs + doubtUs + inexactUs);
      client = this.#finder.either(client, this.#clientSide);
      server = this.#finder.either(server, this.#serverSide);
    }
    this.#clientSide = client;
    this.#serverSide = server;
  }

  /** Finds both sides of a row as they were at that time. */
  #find(columns: RowColumns, row: number, timeUs: number): void {
    const finder = this.#finder;
    const { clientIp, serverIp } = columns;
    const spot = this.#sightings.at(columns, row, timeUs);
    let vpc = spot.vpcNumber;
    if (vpc === 0 && finder.knowsMacs) vpc = finder.vpcOfMacs(columns, row, timeUs);
    if (vpc === 0) vpc = spot.agentVpcNumber;

    let client = finder.side(vpc, clientIp, row, timeUs);
    client = finder.atPlace(client, spot, vpc, columns, columns.client, row, timeUs);
    let clientNumber = finder.found;
    let server = finder.side(vpc, serverIp, row, timeUs);
    server = finder.atPlace(server, spot, vpc, columns, columns.server, row, timeUs);
    let serverNumber = finder.found;
    if (vpc === 0 && ((client ^ server) & stateBits) !== 0) {
      // One address alone may say which VPC this is.
      if ((client & stateBits) === states.ambiguous && (vpc = finder.vpcOf(serverNumber)) !== 0) {
        client = finder.side(vpc, clientIp, row, timeUs);
        client = finder.atPlace(client, spot, vpc, columns, columns.client, row, timeUs);
        clientNumber = finder.found;
      } else if ((server & stateBits) === states.ambiguous && (vpc = finder.vpcOf(clientNumber)) !== 0) {
        server = finder.side(vpc, serverIp, row, timeUs);
        server = finder.atPlace(server, spot, vpc, columns, columns.server, row, timeUs);
        serverNumber = finder.found;
      }
    }
    const protocol = columns.protocolNumber[columns.protocol[row]];
    if (protocol !== 0) {
      client = finder.atPort(client, clientNumber, clientIp, row, columns.clientPort[row], protocol, timeUs);
      server = finder.atPort(server, serverNumber, serverIp, row, columns.serverPort[row], protocol, timeUs);
    }
    if (spot.container) {
      const side = columns.processSide[columns.point[row]];
      if (side === 'client') client = finder.inContainer(client, spot, clientIp, row, timeUs);
      if (side === 'server') server = finder.inContainer(server, spot, serverIp, row, timeUs);
    }
    this.#clientSide = client;
    this.#serverSide = server;
  }

  #writeStates(column: NameColumn, first: number, rows: number, counts: TagCounts): void {
    const seen = stateNames.map(() => 0);
    const codes = stateNames.map((name) => column.code(name));
    for (let row = 0; row < rows; row++) {
      column.values[first + row] = codes[this.#states[row]];
      seen[this.#states[row]]++;
    }
    counts.rows += rows;
    counts.unknown += seen[states.unknown];
    counts.ambiguous += seen[states.ambiguous] + seen[states.ambiguous | staleBit];
    counts.stale += seen[states.known | staleBit] + seen[states.unknown | staleBit];
  }
}
