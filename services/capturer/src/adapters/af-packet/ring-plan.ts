import type { NetworkInterface } from '../../core/packet-source.ts';

/** Which interfaces have a ring of their own, and what one more for all of them then lets through. */
export interface RingPlan {
  readonly own: readonly NetworkInterface[];
  /** Indices; absent: there is no such ring. */
  readonly rest?: { readonly interfaces: readonly number[] } | { readonly except: readonly number[] };
}

/**
 * A socket of all interfaces costs those that are not asked for as well: the kernel clones each packet that goes out, and runs
 * the filter, before it knows. So each interface has its own, as long as there are not more than `mostOwn`. An
 * interface keeps the ring that it has: a change would lose packets, or take them twice.
 *
 * @param names of the interfaces to capture from, or `any`
 * @param before the plan so far; absent at the beginning
 */
export function planRings(
  now: readonly NetworkInterface[],
  names: readonly string[],
  mostOwn: number,
  before?: RingPlan,
): RingPlan {
  const isAny = names.includes('any');
  const wanted = now.filter(({ name }) => isAny || names.includes(name));
  const had = (one: NetworkInterface) =>
    before?.own.some(({ index, name }) => index === one.index && name === one.name);
  let room = mostOwn - wanted.filter(had).length;
  if (before?.rest !== undefined || (before === undefined && wanted.length > mostOwn)) room = 0;
  const own = wanted.filter((one) => had(one) || room-- > 0);
  const others = wanted.filter((one) => !own.includes(one)).map(({ index }) => index);
  if (others.length === 0) return { own };
  return { own, rest: isAny ? { except: own.map(({ index }) => index) } : { interfaces: others } };
}
