import { parseIp } from '@flowloom/records';
import { addressKey } from '../model/address-key.ts';
import { type Claim, Validity } from '../model/claim-table.ts';
import type { Tags } from '../model/resource.ts';
import type { ResourceIndex } from '../model/resource-index.ts';
import { always, findOwner, type Owner } from './owner.ts';
import { anywhereIn, type Container, type Place } from './place.ts';
import { commonTags, type TagSets, tagsOf } from './tag-set.ts';

/** What the tags of one side are, and for how long around the event. */
export interface Side {
  readonly validity: Validity;
  /** Number of the set of its tags. */
  readonly tags: number;
  readonly state: 'known' | 'ambiguous' | 'unknown';
  /** VPC of the owner; undefined where there is none or it is unknown. */
  readonly vpc: string | undefined;
  /** Another place in the same VPC may say otherwise. */
  readonly byPlace: boolean;
  /** Keys of the ports that someone claims at this address: there the tags may differ. */
  readonly ports: readonly number[];
}

/** Names the sides of rows, by the order of belief of DESIGN 5. */
export class Resolver {
  readonly #index: ResourceIndex;
  readonly #sets: TagSets;

  constructor(index: ResourceIndex, sets: TagSets) {
    this.#index = index;
    this.#sets = sets;
  }

  /** The owner of an address (4 words at `offset`) seen at `place`. */
  side(place: Place, words: Uint32Array, offset: number, timeUs: number): Side {
    const validity = new Validity();
    const owner = findOwner(this.#index, place, words, offset, timeUs, validity);
    const tags = this.#tagsOf(owner, words, offset, timeUs, validity);
    return {
      validity,
      tags: this.#sets.of(tags),
      state: owner.kind === 'ambiguous' || owner.kind === 'unknown' ? owner.kind : 'known',
      vpc: owner.kind === 'found' ? owner.claim.vpc : undefined,
      byPlace: owner.byPlace,
      ports: this.#index.portsOf(addressKey(words, offset))?.keys() ?? [],
    };
  }

  /** The same side, seen at one of its claimed ports: whose port it is, or which service is served there. */
  sideAtPort(side: Side, place: Place, words: Uint32Array, offset: number, key: number, timeUs: number): Side {
    const validity = new Validity();
    const vpc = side.vpc ?? place.vpc;
    const inVpc = (claim: Claim) => vpc === undefined || claim.vpc === vpc;
    const ports = this.#index.portsOf(addressKey(words, offset));
    const owners = ports?.owners.at(key, timeUs, validity).filter(inVpc) ?? [];
    const services = ports?.services.at(key, timeUs, validity).filter(inVpc) ?? [];
    // Several services may have the same endpoint: the first name, so that every row says the same.
    const [service] = services.map(({ resource }) => resource.tags.service ?? resource.name).sort();
    const own = this.#ownerAtPort(owners, side, words, offset, timeUs, validity);
    const tags = service ? { ...own.tags, service } : own.tags;
    return { ...side, validity, tags: this.#sets.of(tags), state: own.state };
  }

  /**
   * The side of a process, of which its container is known: what its address says is believed no more, but for the service that
   * is served there. `addressTags` are those of the address.
   */
  sideOfContainer(container: Container, addressTags: number, words: Uint32Array, offset: number, timeUs: number): Side {
    const validity = new Validity();
    const byAddress = this.#sets.tags(addressTags);
    const { pod, name } = container;
    const { vpc = '', namespace } = pod.tags;
    const isSame = byAddress.pod === pod.name && byAddress.namespace === namespace;
    const own = isSame ? byAddress : this.#withSurroundings(always(pod, vpc), words, offset, timeUs, validity);
    const tags = this.#sets.of({ ...own, service: byAddress.service, container: name });
    return { validity, tags, state: 'known', vpc, byPlace: false, ports: [] };
  }

  /** A port is one owner's; two pods of the host network may hand it on within a second. */
  #ownerAtPort(
    owners: readonly Claim[],
    side: Side,
    words: Uint32Array,
    offset: number,
    timeUs: number,
    validity: Validity,
  ): { tags: Tags; state: Side['state'] } {
    const [owner] = owners;
    if (!owner) return { tags: this.#sets.tags(side.tags), state: side.state };
    if (owners.some(({ resource }) => resource !== owner.resource)) {
      return { tags: commonTags(owners.map(({ resource }) => tagsOf(resource))), state: 'ambiguous' };
    }
    return { tags: this.#ofClaim(owner, words, offset, timeUs, validity), state: 'known' };
  }

  #tagsOf(owner: Owner, words: Uint32Array, offset: number, timeUs: number, validity: Validity): Tags {
    switch (owner.kind) {
      case 'found':
        return this.#ofClaim(owner.claim, words, offset, timeUs, validity);
      case 'shared':
      case 'ambiguous':
        return commonTags(owner.claims.map(({ resource }) => tagsOf(resource)));
      case 'internet':
        return { resource_type: 'internet', resource_name: 'internet' };
      case 'unknown':
        return {};
    }
  }

  /** The owner's tags; of a translated address also those of whoever stands behind it, where that is one. */
  #ofClaim(claim: Claim, words: Uint32Array, offset: number, timeUs: number, validity: Validity): Tags {
    const { target } = claim;
    if (!target) return this.#withSurroundings(claim, words, offset, timeUs, validity);
    const own = tagsOf(claim.resource);
    const inner = new Uint32Array(4);
    if (!parseIp(target.ip, inner, 0)) return own;
    const owner = findOwner(this.#index, anywhereIn(target.vpc), inner, 0, timeUs, validity);
    if (owner.kind !== 'found') return own;
    const behind = this.#withSurroundings(owner.claim, inner, 0, timeUs, validity);
    return { ...behind, ...own, ...(behind.subnet ? { subnet: behind.subnet } : {}) };
  }

  /** Adds what the resource does not say itself: its subnet's VPC, zone and region, then its node's. */
  #withSurroundings(
    { resource, vpc: claimed }: Claim,
    words: Uint32Array,
    offset: number,
    timeUs: number,
    validity: Validity,
  ): Tags {
    const all = tagsOf(resource);
    const vpcs = [...new Set([claimed ?? all.vpc ?? '', all.vpc ?? ''])];
    const around = (vpc: string) =>
      this.#index.prefixes.longest(words, offset, timeUs, validity, (claim) => claim.vpc === vpc);
    const vpc = vpcs.find((vpc) => vpc !== '' || around(vpc).length > 0) ?? '';
    const subnets = around(vpc);
    // A resource with interfaces in several networks names that of its first: here counts where the address lies.
    const own = vpc === (all.vpc ?? '') ? all : { ...all, vpc: vpc || undefined, subnet: undefined };
    const { subnet, zone, region } = subnets[0]?.resource.tags ?? {};
    const nodes = own.node === undefined ? [] : this.#index.agents.at(own.node, timeUs, validity);
    const node = nodes.find((claim) => claim.resource.tags.cluster === own.cluster)?.resource.tags;
    return defined({
      zone: node?.zone ?? zone,
      region: node?.region ?? region,
      host: node?.host,
      ...own,
      subnet: own.subnet ?? subnet,
    });
  }
}

function defined(tags: Record<string, string | undefined>): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined));
}
