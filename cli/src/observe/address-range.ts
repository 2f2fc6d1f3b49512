import { BlockList, isIP } from 'node:net';

/** Tells whether an address lies in one of these addresses and prefixes (`10.0.0.1`, `10.0.0.0/8`, `fd00::/8`). */
export class AddressRange {
  readonly #list = new BlockList();

  /** Throws a `RangeError` for a text that is neither. */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const [address, length] = text.split('/');
      const family = familyOf(address);
      const bits = length === undefined ? undefined : Number(length);
      if (family === undefined || (bits !== undefined && !(bits >= 0 && bits <= (family === 'ipv4' ? 32 : 128)))) {
        throw new RangeError(`${text} is no address and no prefix`);
      }
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, bits, family);
    }
  }

  has(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && this.#list.check(address, family);
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
