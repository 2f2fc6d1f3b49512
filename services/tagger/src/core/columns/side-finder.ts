import { findPlace, type Place } from '../lookup/place.ts';
import { Resolver, type Side } from '../lookup/resolver.ts';
import { TagSets } from '../lookup/tag-set.ts';
import type { ResourceIndex } from '../model/resource-index.ts';
import { type RowColumns, sightingOf } from './row-columns.ts';
import { TimedCache } from './timed-cache.ts';

/** A place or side that can be part of a key. */
type Numbered<T> = T & { readonly number: number };
export type NumberedPlace = Numbered<Place> & { readonly inVpc: Map<string, NumberedPlace> };
export type NumberedSide = Numbered<Side>;
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
    if (this.#index.version === this.#version && this.#sets.size + this.#sightings.size < maxKeys) return;
    this.#version = this.#index.version;
    for (const cache of [this.#places, this.#sides, this.#ports]) cache.clear();
    this.#sightings.clear();
    this.#sets = new TagSets();
    this.#resolver = new Resolver(this.#index, this.#sets);
  }

  sighting(columns: RowColumns, row: number): SightingNumber {
    const { agent, interface: name, vni } = sightingOf(columns, row);
    const key = `${agent}\n${name}\n${vni ?? ''}`;
    let number = this.#sightings.get(key);
    if (number === undefined) this.#sightings.set(key, (number = this.#next++));
    return number;
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
      const place = findPlace(this.#index, { ...sightingOf(columns, row), clientMac, serverMac }, timeUs);
      return { ...place, number: this.#next++, inVpc: new Map() };
    });
  }

  /** The same place, once the VPC is known from one of the addresses. */
  placeInVpc(place: NumberedPlace, vpc: string): NumberedPlace {
    let inVpc = place.inVpc.get(vpc);
    if (!inVpc) place.inVpc.set(vpc, (inVpc = { ...place, vpc, number: this.#next++, inVpc: new Map() }));
    return inVpc;
  }

  side(place: NumberedPlace, isServer: boolean, words: Uint32Array, row: number, timeUs: number): NumberedSide {
    const { key } = this.#sides;
    const offset = 4 * row;
    key[0] = 2 * place.number + (isServer ? 1 : 0);
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
}
