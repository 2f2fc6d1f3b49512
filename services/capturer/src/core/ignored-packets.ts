import { Drop, dropNames, linkTypeName } from '@flowloom/packet';

/** Link types that are counted by name at one place; a capture has one, seldom a few. */
const maxLinkTypes = 64;

/** Packets that belong to no flow, by the place where they were seen and by reason: nothing is left out silently. */
export class IgnoredPackets {
  readonly #bySite: Float64Array[] = [];
  /** Packets of link types that no decoder knows, by name of the link type. */
  readonly #linkTypes: Map<string, number>[] = [];

  /** `reason` is a `Drop`. */
  add(site: number, reason: number, linkType: number, packets = 1): void {
    (this.#bySite[site] ??= new Float64Array(dropNames.length))[reason] += packets;
    if (reason === Drop.link_type) this.#addLinkType(site, linkTypeName(linkType), packets);
  }

  /** Fragments that were held belong to a flow now. */
  release(site: number, packets: number): void {
    this.#bySite[site][Drop.fragment_held] -= packets;
  }

  /** Packets by reason; an unknown link type is a reason of its own: `link_type netlink`. */
  of(site: number): Record<string, number> {
    const reasons: Record<string, number> = {};
    const counts = this.#bySite[site] ?? [];
    const named = this.#linkTypes[site] ?? new Map();
    for (let reason = 1; reason < counts.length; reason++) reasons[dropNames[reason]] = counts[reason];
    for (const [name, packets] of named) {
      reasons[`link_type ${name}`] = packets;
      reasons.link_type -= packets;
    }
    for (const [reason, packets] of Object.entries(reasons)) if (packets === 0) delete reasons[reason];
    return reasons;
  }

  /** The same of all places. */
  total(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const site of this.#bySite.keys()) {
      for (const [reason, packets] of Object.entries(this.of(site))) sums[reason] = (sums[reason] ?? 0) + packets;
    }
    return sums;
  }

  #addLinkType(site: number, name: string, packets: number): void {
    const counts = (this.#linkTypes[site] ??= new Map());
    const count = counts.get(name) ?? 0;
    if (count > 0 || counts.size < maxLinkTypes) counts.set(name, count + packets);
  }
}
