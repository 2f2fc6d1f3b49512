import { type Batch, type taggedRequest, wordOfHex } from '@flowloom/records';
import { hash64 } from './hash.ts';
import { rankOf } from './path.ts';
import { SideReader, type Sides } from './side-reader.ts';

export type Requests = Batch<typeof taggedRequest.fields>;

/**
 * Where rows came from, for the one who must know when all of them are done: `open` counts the rows that the tracer still
 * holds.
 */
export interface Origin {
  open: number;
}

/** Two words, signed. */
export interface Place {
  readonly high: number;
  readonly low: number;
}

/** A batch that is taken over, and what is made once for all of its rows. */
export class Rows {
  readonly batch: Requests;
  readonly columns: Requests['columns'];
  readonly sides: Sides;
  readonly clients: SideReader;
  readonly servers: SideReader;
  readonly origin: Origin | undefined;
  /** Rank of each observation point, by its code. */
  readonly #ranks: readonly number[];
  readonly #places = new Map<number, Place>();

  constructor(batch: Requests, sides: Sides, origin?: Origin) {
    this.batch = batch;
    this.columns = batch.columns;
    this.sides = sides;
    this.clients = new SideReader(sides, batch, 'client');
    this.servers = new SideReader(sides, batch, 'server');
    this.origin = origin;
    this.#ranks = batch.columns.observation_point.dictionary.map(rankOf);
  }

  /** Place on the way from client to server. */
  rank(at: number): number {
    return this.#ranks[this.columns.observation_point.values[at]];
  }

  /** A hash of where a row was seen: capturer, interface and point. */
  place(at: number): Place {
    const { agent, interface: nic, observation_point: point } = this.columns;
    const key =
      (agent.values[at] * nic.dictionary.length + nic.values[at]) * point.dictionary.length + point.values[at];
    let place = this.#places.get(key);
    if (place === undefined) {
      const hash = hash64(`${agent.get(at)}|${nic.get(at)}|${point.get(at)}`);
      place = { high: wordOfHex(hash, 0), low: wordOfHex(hash, 8) };
      this.#places.set(key, place);
    }
    return place;
  }
}
