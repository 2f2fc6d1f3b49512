import type { Interval, Resource, Target } from './resource.ts';

/** One resource's hold on a key, [fromUs, toUs). */
export interface Claim {
  readonly resource: Resource;
  readonly vpc: string | undefined;
  readonly target?: Target | undefined;
  readonly fromUs: number;
  readonly toUs: number;
}

/** The time around an event in which a lookup gives the same answer: narrowed by every claim that was looked at. */
export class Validity {
  fromUs = Number.NEGATIVE_INFINITY;
  toUs = Number.POSITIVE_INFINITY;

  contains(timeUs: number): boolean {
    return this.fromUs <= timeUs && timeUs < this.toUs;
  }

  /** True if `timeUs` lies in the claim's interval; either way the answer holds no longer than to its next end. */
  covers({ fromUs, toUs }: Claim, timeUs: number): boolean {
    for (const boundary of [fromUs, toUs]) {
      if (boundary <= timeUs) this.fromUs = Math.max(this.fromUs, boundary);
      else this.toUs = Math.min(this.toUs, boundary);
    }
    return fromUs <= timeUs && timeUs < toUs;
  }
}

/** Who held a key, and when. Several may at once; whoever asks decides what that means. */
export class ClaimTable<K> {
  readonly #claims = new Map<K, Claim[]>();

  add(key: K, resource: Resource, interval: Interval & { readonly vpc?: string; readonly target?: Target }): void {
    const claim: Claim = {
      resource,
      vpc: interval.vpc,
      target: interval.target,
      fromUs: Math.max(interval.fromUs ?? Number.NEGATIVE_INFINITY, resource.fromUs ?? Number.NEGATIVE_INFINITY),
      toUs: Math.min(interval.toUs ?? Number.POSITIVE_INFINITY, resource.toUs ?? Number.POSITIVE_INFINITY),
    };
    if (claim.fromUs >= claim.toUs) return;
    const claims = this.#claims.get(key);
    if (claims) claims.push(claim);
    else this.#claims.set(key, [claim]);
  }

  remove(key: K, resource: Resource): void {
    const left = this.#claims.get(key)?.filter((claim) => claim.resource !== resource);
    if (!left || left.length === 0) this.#claims.delete(key);
    else this.#claims.set(key, left);
  }

  keys(): IterableIterator<K> {
    return this.#claims.keys();
  }

  get isEmpty(): boolean {
    return this.#claims.size === 0;
  }

  /** All claims on a key, whenever they hold. */
  all(key: K): readonly Claim[] {
    return this.#claims.get(key) ?? [];
  }

  /** The claims that hold at that time. */
  at(key: K, timeUs: number, validity: Validity): Claim[] {
    const claims = this.#claims.get(key);
    return claims ? claims.filter((claim) => validity.covers(claim, timeUs)) : [];
  }
}
