import { WordTable } from '@flowloom/records';
import { anywhereIn, findSpot, type Place, type Spot } from '../lookup/place.ts';
import { Resolver, type Side } from '../lookup/resolver.ts';
import { commonTags, TagSets } from '../lookup/tag-set.ts';
import type { ChangedKey } from '../model/change-log.ts';
import type { Resource } from '../model/resource.ts';
import { portKey, type ResourceIndex } from '../model/resource-index.ts';
import { AnswerTable } from './answer-table.ts';
import { HolderCache } from './holder-cache.ts';
import { type EndColumns, type RowColumns, sightingOf } from './row-columns.ts';
import { TimedCache } from './timed-cache.ts';

/** A spot with its VPCs as numbers: 0 where there is none. */
export type NumberedSpot = Spot & {
  readonly vpcNumber: number;
  readonly agentVpcNumber: number;
  readonly containerNumber: number;
};

/** A side in one number: its state in the lowest two bits, then flags, then the number of its tag set. */
export type PackedSide = number;
export const stateBits = 3;
const hasPorts = 4;
const isByPlace = 8;
const setAt = 4;

/** States in the order of how bad they are. */
export const states = { known: 0, unknown: 1, ambiguous: 2 } as const;

export function tagSetOf(packed: PackedSide): number {
  return packed >>> setAt;
}

const maxKeys = 1 << 18;

/**
 * Remembers answers over batches: what is left to do per row is to find them again by a few words. When resources
 * change, it forgets the answers for their addresses; when a node, subnet or VPC does, all of them.
 */
export class SideFinder {
  readonly #index: ResourceIndex;
  readonly #answers = new AnswerTable();
  readonly #placed = new TimedCache<Side & { number: number }>(5, maxKeys);
  readonly #holders: HolderCache;
  readonly #spots = new Map<string, NumberedSpot[]>();
  /** The same of rows of containers: forgotten with every change. */
  readonly #containerSpots = new Map<string, NumberedSpot[]>();
  readonly #inContainers = new TimedCache<Side>(6, maxKeys);
  readonly #vpcs = new Map<string, number>();
  readonly #vpcNames: (string | undefined)[] = [undefined];
  readonly #meanings = new Map<string, number>();
  #sides: { readonly side: Side; readonly place: Place }[] = [];
  /** Claimed ports by side: what is not there is nobody's. */
  #ports = new WordTable(2);
  #atPorts: Side[][] = [];
  #sets = new TagSets();
  #resolver: Resolver;
  #version = -1;
  #found = 0;
  /** Answers depend on it: without any MAC address the place of a row decides less. */
  #knewMacs = false;

  constructor(index: ResourceIndex) {
    this.#index = index;
    this.#resolver = new Resolver(index, this.#sets);
    this.#holders = new HolderCache(index, maxKeys);
  }

  /** The tag sets that packed sides name: others after a `begin`. */
  get sets(): TagSets {
    return this.#sets;
  }

  /** Number of the side that the last `side` gave. */
  get found(): number {
    return this.#found;
  }

  /** Whether MAC addresses or logical ports say anything here. */
  get knowsMacs(): boolean {
    return !this.#index.macs.isEmpty || !this.#index.logicalPorts.isEmpty;
  }

  /** Before each batch: forgets what is no longer true, or too much. */
  begin(): void {
    const changed = this.#index.changesAfter(this.#version);
    const isChanged = this.#version !== this.#index.version;
    this.#version = this.#index.version;
    const size =
      this.#answers.length +
      this.#sets.size +
      this.#ports.length +
      this.#spots.size +
      this.#meanings.size +
      this.#containerSpots.size;
    const isTooMuch = size > 2 * maxKeys || this.#sides.length > maxKeys;
    if (changed === undefined || isTooMuch || this.#knewMacs !== this.knowsMacs) this.#forgetAll();
    else if (isChanged) this.#forget(changed);
  }

  spot(columns: RowColumns, row: number, timeUs: number): NumberedSpot {
    const sighting = sightingOf(columns, row);
    const key = `${sighting.agent}\n${sighting.interface}\n${sighting.vni ?? ''}\n${sighting.container}`;
    const spots = sighting.container === '' ? this.#spots : this.#containerSpots;
    const known = spots.get(key)?.find(({ validity }) => validity.contains(timeUs));
    if (known) return known;
    const spot = findSpot(this.#index, sighting, timeUs);
    const numbered = {
      ...spot,
      vpcNumber: this.#vpcNumber(spot.vpc),
      agentVpcNumber: this.#vpcNumber(spot.agentVpc),
      containerNumber: spot.container ? this.#numberOf(`${spot.container.pod.id}\n${spot.container.name}`) : 0,
    };
    spots.set(key, [...(spots.get(key) ?? []), numbered]);
    return numbered;
  }

  /** Number of the VPC in which the two sides are by their MAC addresses; 0 where these do not tell. */
  vpcOfMacs(columns: RowColumns, row: number, timeUs: number): number {
    const client = this.#holders.mac(columns.client.mac[row], timeUs).vpc;
    return this.#vpcNumber(client ?? this.#holders.mac(columns.server.mac[row], timeUs).vpc);
  }

  /** Number of the VPC of a side. */
  vpcOf(side: number): number {
    return this.#vpcNumber(this.#sides[side].side.vpc || undefined);
  }

  /** The side of an address in a VPC, as any place there would have it. */
  side(vpc: number, words: Uint32Array, row: number, timeUs: number): PackedSide {
    const entry = this.#answers.find(vpc, words, 4 * row, timeUs);
    if (entry < 0) return this.#resolve(vpc, words, row, timeUs);
    this.#found = this.#answers.words[entry + 6];
    return this.#answers.words[entry + 7];
  }

  /**
   * The same, where the place of the row decides between several owners: call it with what `side` gave, which comes
   * back where the place does not matter.
   */
  atPlace(
    packed: PackedSide,
    spot: Spot,
    vpc: number,
    columns: RowColumns,
    end: EndColumns,
    row: number,
    timeUs: number,
  ): PackedSide {
    if ((packed & isByPlace) === 0) return packed;
    const name = this.#vpcNames[vpc];
    const words = end.ip;
    const holders = this.#holders.of(end, columns.tunnelId[row], row, timeUs);
    const byMac = holders.filter((claim) => name === undefined || claim.vpc === name);
    const place = { vpc: name, node: spot.node, owner: spot.owner, byMac: byMac.map(({ resource }) => resource) };
    const { key } = this.#placed;
    key[0] = this.#meaningOf(place);
    for (let i = 0; i < 4; i++) key[i + 1] = words[4 * row + i];
    const side = this.#placed.get(timeUs, () => {
      const found = this.#resolver.side(place, words, 4 * row, timeUs);
      return { ...found, number: this.#number(found, place) };
    });
    this.#found = side.number;
    return this.#pack(side);
  }

  /** The side of that number as seen at a port: mostly `packed`, the side itself. */
  atPort(
    packed: PackedSide,
    number: number,
    words: Uint32Array,
    row: number,
    port: number,
    protocol: number,
    timeUs: number,
  ): PackedSide {
    if ((packed & hasPorts) === 0) return packed;
    const { key } = this.#ports;
    key[0] = number;
    key[1] = portKey(port, protocol);
    const claimed = this.#ports.find();
    if (claimed < 0) return packed;
    const answers = (this.#atPorts[claimed] ??= []);
    for (const answer of answers) if (answer.validity.contains(timeUs)) return this.#pack(answer);
    const { side, place } = this.#sides[number];
    const answer = this.#resolver.sideAtPort(side, place, words, 4 * row, portKey(port, protocol), timeUs);
    answers.push(answer);
    return this.#pack(answer);
  }

  /** A side whose process is of the spot's container: its pod, whatever the address says. */
  inContainer(packed: PackedSide, spot: NumberedSpot, words: Uint32Array, row: number, timeUs: number): PackedSide {
    const { container } = spot;
    if (!container) return packed;
    const { key } = this.#inContainers;
    key[0] = spot.containerNumber;
    key[1] = tagSetOf(packed);
    for (let i = 0; i < 4; i++) key[i + 2] = words[4 * row + i];
    const find = () => this.#resolver.sideOfContainer(container, tagSetOf(packed), words, 4 * row, timeUs);
    return this.#pack(this.#inContainers.get(timeUs, find));
  }

  /** What two answers have in common; ambiguous where they differ. */
  either(one: PackedSide, other: PackedSide): PackedSide {
    if (tagSetOf(one) === tagSetOf(other)) return Math.max(one & stateBits, other & stateBits) | (one & ~stateBits);
    const common = commonTags([this.#sets.tags(tagSetOf(one)), this.#sets.tags(tagSetOf(other))]);
    return ((this.#sets.of(common) << setAt) | states.ambiguous) >>> 0;
  }

  #forget(changed: readonly ChangedKey[]): void {
    this.#placed.clear();
    this.#containerSpots.clear();
    this.#inContainers.clear();
    this.#holders.forget(changed);
    for (const key of changed) {
      if ('mac' in key) continue;
      for (let vpc = 0; vpc < this.#vpcNames.length; vpc++) this.#answers.forget(vpc, key.address);
    }
  }

  #resolve(vpc: number, words: Uint32Array, row: number, timeUs: number): PackedSide {
    const place = anywhereIn(this.#vpcNames[vpc]);
    const side = this.#resolver.side(place, words, 4 * row, timeUs);
    const packed = this.#pack(side);
    this.#found = this.#number(side, place);
    this.#answers.add(vpc, words, 4 * row, side.validity, this.#found, packed);
    return packed;
  }

  /** A number for the side, and its claimed ports noted. */
  #number(side: Side, place: Place): number {
    const number = this.#sides.push({ side, place }) - 1;
    for (const port of side.ports) {
      this.#ports.key[0] = number;
      this.#ports.key[1] = port;
      this.#ports.add();
    }
    return number;
  }

  #pack({ tags, state, byPlace, ports }: Side): PackedSide {
    const flags = (byPlace ? isByPlace : 0) | (ports.length > 0 ? hasPorts : 0) | states[state];
    return ((tags << setAt) | flags) >>> 0;
  }

  #vpcNumber(vpc: string | undefined): number {
    if (vpc === undefined) return 0;
    let number = this.#vpcs.get(vpc);
    if (number === undefined) this.#vpcs.set(vpc, (number = this.#vpcNames.push(vpc) - 1));
    return number;
  }

  /** Many places say the same of an address: equal ones have one number. */
  #meaningOf({ vpc, node, owner, byMac }: Place): number {
    const idOf = (resource: Resource | undefined) => resource?.id ?? '';
    return this.#numberOf([vpc ?? '\0', idOf(node), idOf(owner), ...byMac.map(idOf)].join('\n'));
  }

  #numberOf(meaning: string): number {
    let number = this.#meanings.get(meaning);
    if (number === undefined) this.#meanings.set(meaning, (number = this.#meanings.size));
    return number;
  }

  #forgetAll(): void {
    this.#knewMacs = this.knowsMacs;
    const byPlace = [this.#placed, this.#holders, this.#spots, this.#containerSpots, this.#inContainers];
    for (const cache of [this.#answers, ...byPlace, this.#meanings, this.#vpcs]) cache.clear();
    this.#vpcNames.length = 1;
    this.#sides = [];
    this.#atPorts = [];
    this.#ports = new WordTable(2);
    this.#sets = new TagSets();
    this.#resolver = new Resolver(this.#index, this.#sets);
  }
}
