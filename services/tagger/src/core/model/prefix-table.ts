import { parsePrefix, prefixKey } from './address-key.ts';
import { type Claim, ClaimTable, type Validity } from './claim-table.ts';
import type { PrefixClaim, Resource } from './resource.ts';

/** Prefixes by length: a lookup tries each length in use, longest first. */
export class PrefixTable {
  readonly #byLength = new Map<number, ClaimTable<string>>();
  #lengths: number[] = [];

  add(claim: PrefixClaim, resource: Resource): void {
    const prefix = parsePrefix(claim.cidr);
    if (!prefix) return;
    let table = this.#byLength.get(prefix.length);
    if (!table) {
      this.#byLength.set(prefix.length, (table = new ClaimTable()));
      this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    }
    table.add(prefix.key, resource, claim);
  }

  remove(claim: PrefixClaim, resource: Resource): void {
    const prefix = parsePrefix(claim.cidr);
    if (prefix) this.#byLength.get(prefix.length)?.remove(prefix.key, resource);
  }

  /** The claims on the longest prefix of the address that holds at that time and that `accept` takes. */
  longest(
    words: Uint32Array,
    offset: number,
    timeUs: number,
    validity: Validity,
    accept: (claim: Claim) => boolean,
  ): Claim[] {
    for (const length of this.#lengths) {
      const found = this.#byLength
        .get(length)!
        .at(prefixKey(words, offset, length), timeUs, validity)
        .filter(accept);
      if (found.length > 0) return found;
    }
    return [];
  }
}
