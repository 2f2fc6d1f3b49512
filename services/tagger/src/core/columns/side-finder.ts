import { findPlace, type Place } from '../lookup/place.ts';
import { Resolver, type Side } from '../lookup/resolver.ts';
import { TagSets } from '../lookup/tag-set.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceIndex } from '../model/resource-index.ts';
import { type RowColumns, sightingOf } from './row-columns.ts';
import { TimedCache } from './timed-cache.ts';

/** A place and, for either side, the number of what it says about the addresses there: many places say the same. */
export type NumberedPlace = Place & {
  readonly client: number;
  readonly server: number;
  readonly inVpc: Map<string, NumberedPlace>;
};
export type NumberedSide = Side & { readonly number: number };
export type SightingNumber = number;

const maxKeys = 1 << 17;

/**
 * Remembers answers, over batches, until the resources change: what is left to do per row is to find them again by
 * a few words. Numbers are never used twice, so that an answer that was forgotten cannot be taken for another.
 */
export class SideFinder {
  readonly #index: ResourceIndex;
  readonly #places = new TimedCache<NumberedPlace>(5, maxKeys);
  readonly #sides = new TimedCache<NumberedSide>(5, maxKeys);
  readonly #ports = new TimedCache<NumberedSide>(2, maxKeys);
  readonly #sightings = new Map<string, SightingNumber>();
  readonly #meanings = new Map<string, number>();
  #sets = new TagSets();
  #resolver: Resolver;
  #version = -1;
  #next = 0;

  constructor(index: ResourceIndex) {
    this.#index = index;
    this.#resolver = new Resolver(index, this.#sets);
  }

  /** Before each batch: forgets what is no longer true, or too much. */
  begin(): void {
    if (this.#index.version === this.#version && this.#sets.size + this.#sightings.size + this.#meanings.size < maxKeys)
      return;
    this.#version = this.#index.version;
    for (const cache of [this.#places, this.#sides, this.#ports]) cache.clear();
    this.#sightings.clear();
    this.#meanings.clear();
    this.#sets = new TagSets();
    this.#resolver = new Resolver(this.#index, this.#sets);
  }

  sighting(columns: RowColumns, row: number): SightingNumber {
    const { agent, interface: name, vni } = sightingOf(columns, row);
    const key = `${agent}\n${name}\n${vni ?? ''}`;
    return this.#numberIn(this.#sightings, key);
  }

  /** `number` is the sighting of that row. */
  place(number: SightingNumber, columns: RowColumns, row: number, timeUs: number): NumberedPlace {
    const { key } = this.#places;
    const clientMac = columns.clientMac[row];
    const serverMac = columns.serverMac[row];
    key[0] = number;
    key[1] = clientMac;
    key[2] = clientMac / 0x1_0000_0000;
    key[3] = serverMac;
    key[4] = serverMac / 0x1_0000_0000;
    return this.#places.get(timeUs, () => {
      return this.#numbered(findPlace(this.#index, { ...sightingOf(columns, row), clientMac, serverMac }, timeUs));
    });
  }

  /** The same place, once the VPC is known from one of the addresses. */
  placeInVpc(place: NumberedPlace, vpc: string): NumberedPlace {
    let inVpc = place.inVpc.get(vpc);
    if (!inVpc) place.inVpc.set(vpc, (inVpc = this.#numbered({ ...place, vpc })));
    return inVpc;
  }

  side(place: NumberedPlace, isServer: boolean, words: Uint32Array, row: number, timeUs: number): NumberedSide {
    const { key } = this.#sides;
    const offset = 4 * row;
    key[0] = isServer ? place.server : place.client;
    key[1] = words[offset];
    key[2] = words[offset + 1];
    key[3] = words[offset + 2];
    key[4] = words[offset + 3];
    return this.#sides.get(timeUs, () => {
      const byMac = isServer ? place.serverMac : place.clientMac;
      return { ...this.#resolver.side(place, byMac, words, offset, timeUs), number: this.#next++ };
    });
  }

  /** The side as seen at a port: mostly the side itself. */
  atPort(
    side: NumberedSide,
    place: NumberedPlace,
    words: Uint32Array,
    row: number,
    port: number,
    protocol: number,
    timeUs: number,
  ): NumberedSide {
    if (!side.hasPort(port, protocol)) return side;
    const { key } = this.#ports;
    key[0] = side.number;
    key[1] = port * 256 + protocol;
    return this.#ports.get(timeUs, () => {
      const atPort = this.#resolver.sideAtPort(side, place, words, 4 * row, port, protocol, timeUs);
      return { ...atPort, number: this.#next++ };
    });
  }

  #numbered(place: Place): NumberedPlace {
    const number = (byMac: readonly Resource[]) => {
      const meaning = [place.vpc ?? '\0', place.node?.id, place.owner?.id, ...byMac.map(({ id }) => id)].join('\n');
      return this.#numberIn(this.#meanings, meaning);
    };
    return { ...place, client: number(place.clientMac), server: number(place.serverMac), inVpc: new Map() };
  }

  #numberIn(numbers: Map<string, number>, key: string): number {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = this.#next++));
    return number;
  }
}
