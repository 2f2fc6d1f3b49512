import { addressKey } from '../model/address-key.ts';
import type { Claim, Validity } from '../model/claim-table.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceIndex } from '../model/resource-index.ts';
import { addressScope } from './address-scope.ts';
import type { Place } from './place.ts';

/** VPC of what every VPC shares: nodes, cluster addresses, public addresses. */
const shared = '';

export type Owner = (
  | { readonly kind: 'found'; readonly claim: Claim }
  /** Several rules of one gateway use the address. */
  | { readonly kind: 'shared'; readonly claims: readonly Claim[] }
  /** The address has several owners and nothing tells them apart. */
  | { readonly kind: 'ambiguous'; readonly claims: readonly Claim[] }
  | { readonly kind: 'internet' | 'unknown' }
) & {
  /** Another place in the same VPC may say otherwise. */
  readonly byPlace: boolean;
};

/**
 * Whose the address in 4 words at `offset` is, at that time, for a row seen at `place`. In the VPC of the row come: its
 * addresses, its subnets (longest prefix), then the same of what all VPCs share, then of its peers; without a VPC all
 * addresses count, and more than one is ambiguous.
 */
export function findOwner(
  index: ResourceIndex,
  place: Place,
  words: Uint32Array,
  offset: number,
  timeUs: number,
  validity: Validity,
): Owner {
  const scope = addressScope(words, offset);
  if (scope === 'absent') return { kind: 'unknown', byPlace: false };
  if (scope === 'loopback') return ofLoopback(place);
  const claims = index.addresses.at(addressKey(words, offset), timeUs, validity);
  for (const accept of reach(index, place.vpc)) {
    const owners = claims.filter(accept);
    if (owners.length > 0) return choose(owners, place);
    const subnets = index.prefixes.longest(words, offset, timeUs, validity, accept);
    if (subnets.length > 0) return byMacIn(subnets, place, index) ?? choose(subnets, place);
  }
  return { kind: scope === 'internet' ? 'internet' : 'unknown', byPlace: false };
}

/** Who may be meant, from the nearest on. */
function reach(index: ResourceIndex, vpc: string | undefined): ((claim: Claim) => boolean)[] {
  if (vpc === undefined) return [() => true];
  const peers = index.peersOf(vpc);
  return [
    (claim) => claim.vpc === vpc,
    (claim) => claim.vpc === shared,
    (claim) => claim.vpc !== undefined && peers?.has(claim.vpc) === true,
  ];
}

/** Loopback never leaves its network namespace: the interface's owner, else the capturer's own node. */
function ofLoopback({ owner, node }: Place): Owner {
  const resource = owner ?? node;
  if (!resource) return { kind: 'unknown', byPlace: true };
  return { kind: 'found', claim: always(resource, undefined), byPlace: true };
}

/**
 * An address without an owner of its own, such as one that moves between hosts: whoever holds the logical port, or the MAC address in the same
 * subnet, where frames bear their sender's own. A router's MAC stands for addresses of other subnets.
 */
function byMacIn(subnets: readonly Claim[], { byMac }: Place, index: ResourceIndex): Owner | undefined {
  if ((index.macs.isEmpty && index.logicalPorts.isEmpty) || subnets.length !== 1) return undefined;
  const [{ resource: subnet, vpc }] = subnets;
  const [holder, ...others] = byMac;
  const isThere = holder !== undefined && others.length === 0 && holder.tags.subnet === subnet.name;
  return isThere
    ? { kind: 'found', claim: always(holder, vpc), byPlace: true }
    : { ...choose(subnets, { byMac, vpc, node: undefined, owner: undefined }), byPlace: true };
}

/** A claim that holds whenever it is asked for. */
export function always(resource: Resource, vpc: string | undefined): Claim {
  return { resource, vpc, fromUs: Number.NEGATIVE_INFINITY, toUs: Number.POSITIVE_INFINITY };
}

/** Of several the highest rank; of these one: by its MAC address, else by the interface, else by the capturer's own node. */
function choose(all: readonly Claim[], { owner, node, byMac }: Place): Owner {
  const highest = Math.max(...all.map(({ resource }) => resource.rank ?? 0));
  const claims = all.filter(({ resource }) => (resource.rank ?? 0) === highest);
  const [first] = claims;
  const isOne = (left: readonly Claim[]) => left.every(({ resource }) => resource === left[0].resource);
  if (isOne(claims)) return { kind: 'found', claim: first, byPlace: false };
  if (claims.every(({ resource: { kind, name } }) => kind === 'nat_gateway' && name === first.resource.name)) {
    return { kind: 'shared', claims, byPlace: false };
  }
  const beliefs: ((resource: Resource) => boolean)[] = [
    (resource) => byMac.includes(resource),
    (resource) => resource === owner,
    (resource) => node !== undefined && (resource === node || resource.tags.node === node.name),
  ];
  for (const believed of beliefs) {
    const left = claims.filter(({ resource }) => believed(resource));
    if (left.length > 0 && isOne(left)) return { kind: 'found', claim: left[0], byPlace: true };
  }
  return { kind: 'ambiguous', claims, byPlace: true };
}
