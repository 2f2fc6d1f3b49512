import type { Claims, Interval, Resource } from '../model/resource.ts';

const kinds = ['addresses', 'macs', 'prefixes', 'interfaces', 'agents', 'tunnels', 'ports'] as const;

/** An address that comes to a resource that had others was assigned so long before it is published, at most. */
const publishUs = 2e6;

/**
 * The next version of a resource's document: it and the claims that it had keep their beginning, new ones begin now, and those
 * that it lost stay with their end, until `forgetBeforeUs`. A resource that was gone and is back holds again from now.
 */
export function revise(
  previous: Resource | undefined,
  next: Resource,
  nowUs: number,
  forgetBeforeUs: number,
): Resource {
  const revisedOf = (kind: (typeof kinds)[number]): readonly Interval[] => {
    const claims: readonly Interval[] = next.claims[kind] ?? [];
    return previous ? reviseClaims(closedBy(previous, kind), claims, nowUs, forgetBeforeUs) : claims;
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
): Interval[] {
  const open = new Map(previous.filter(({ toUs }) => toUs === undefined).map((claim) => [keyOf(claim), claim]));
  const revised = next.map((claim) => {
    const known = open.get(keyOf(claim));
    open.delete(keyOf(claim));
    if (known) return known;
    // The first address is one since its resource began; a further one came lately, whatever the resource's age.
    const lately = previous.length > 0 ? nowUs - publishUs : Number.NEGATIVE_INFINITY;
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
