import type { Claims, Interval, Resource } from '../model/resource.ts';

const kinds = [
  'addresses',
  'macs',
  'prefixes',
  'interfaces',
  'agents',
  'tunnels',
  'ports',
  'containers',
  'logicalPorts',
] as const;

/** A further address of a resource is published so long after it was assigned, at most. */
const publishUs = 2e6;

/**
 * The next version of a resource's document: it and the claims that it had keep their beginning, new ones begin now, and those
 * that it lost stay with their end, until `forgetBeforeUs`. At `knownUs` it was surely as before. A resource that was gone and is back holds again from now.
 */
export function revise(
  previous: Resource | undefined,
  next: Resource,
  nowUs: number,
  forgetBeforeUs: number,
  knownUs = Number.NEGATIVE_INFINITY,
): Resource {
  const revisedOf = (kind: (typeof kinds)[number]): readonly Interval[] => {
    const claims: readonly Interval[] = next.claims[kind] ?? [];
    return previous ? reviseClaims(closedBy(previous, kind), claims, nowUs, forgetBeforeUs, knownUs) : claims;
  };
  const claims = kinds.map((kind) => [kind, revisedOf(kind)] as const).filter(([, list]) => list.length > 0);
  return { ...next, fromUs: (previous ?? next).fromUs, claims: Object.fromEntries(claims) as Claims };
}

/** The document of a resource that is no longer there. */
export function ended(resource: Resource, nowUs: number): Resource {
  return resource.toUs === undefined ? { ...resource, toUs: nowUs } : resource;
}

/** The claims of a kind, with the resource's own end where it has one. */
function closedBy({ claims, toUs }: Resource, kind: (typeof kinds)[number]): readonly Interval[] {
  const all: readonly Interval[] = claims[kind] ?? [];
  return toUs === undefined ? all : all.map((claim) => ({ ...claim, toUs: claim.toUs ?? toUs }));
}

function reviseClaims(
  previous: readonly Interval[],
  next: readonly Interval[],
  nowUs: number,
  forgetBeforeUs: number,
  knownUs: number,
): Interval[] {
  const open = new Map(previous.filter(({ toUs }) => toUs === undefined).map((claim) => [keyOf(claim), claim]));
  const revised = next.map((claim) => {
    const known = open.get(keyOf(claim));
    open.delete(keyOf(claim));
    if (known) return known;
    // The first address may be one since its resource began; a further one is not older than what was known before.
    const lately = previous.length > 0 ? knownUs - publishUs : Number.NEGATIVE_INFINITY;
    return { ...claim, fromUs: claim.fromUs === undefined ? nowUs : Math.max(claim.fromUs, lately) };
  });
  for (const claim of previous) {
    const toUs = claim.toUs ?? (open.has(keyOf(claim)) ? nowUs : undefined);
    if (toUs !== undefined && toUs >= forgetBeforeUs) revised.push({ ...claim, toUs });
  }
  return revised;
}

/** What is claimed, whenever. */
function keyOf(claim: object): string {
  const { fromUs, toUs, ...what } = claim as Interval;
  return JSON.stringify(Object.entries(what).sort());
}
