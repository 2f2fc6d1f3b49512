import { parseIp, parseMac } from '@flowloom/records';

const words = new Uint32Array(4);

/** Key of an address in maps: its 128 bits; equal addresses have equal keys however they are written. */
export function addressKey(at: Uint32Array, offset: number): string {
  // Most addresses are IPv4: a short key spares most of the hashing.
  if (at[offset] === 0 && at[offset + 1] === 0 && at[offset + 2] === 0xffff) return String(at[offset + 3]);
  return `${at[offset]}:${at[offset + 1]}:${at[offset + 2]}:${at[offset + 3]}`;
}

/** Key of an address in text; undefined where the text is none. */
export function parseAddressKey(ip: string): string | undefined {
  return parseIp(ip, words, 0) ? addressKey(words, 0) : undefined;
}

export interface Prefix {
  /** Bits of the 128-bit address; an IPv4 prefix counts 96 more. */
  readonly length: number;
  readonly key: string;
}

/** A CIDR such as 10.1.0.0/16, host bits ignored; undefined where the text is none. */
export function parsePrefix(cidr: string): Prefix | undefined {
  const [ip, bits, ...rest] = cidr.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '') || !parseIp(ip, words, 0)) return undefined;
  const isIpv4 = !ip.includes(':');
  if (Number(bits) > (isIpv4 ? 32 : 128)) return undefined;
  const length = Number(bits) + (isIpv4 ? 96 : 0);
  return { length, key: prefixKey(words, 0, length) };
}

/** Key of the first `length` bits of a CIDR, as in `Prefix`; undefined where it has fewer, or is none. */
export function prefixKeyOf(cidr: string, length: number): string | undefined {
  const prefix = parsePrefix(cidr);
  if (!prefix || prefix.length < length) return undefined;
  return parseIp(cidr.split('/')[0], words, 0) ? prefixKey(words, 0, length) : undefined;
}

/** Key of the first `length` bits of an address. */
export function prefixKey(at: Uint32Array, offset: number, length: number): string {
  let key = '';
  for (let i = 0; i < 4; i++) {
    const kept = Math.min(Math.max(length - 32 * i, 0), 32);
    const mask = kept === 0 ? 0 : (0xffff_ffff << (32 - kept)) >>> 0;
    key += `${(at[offset + i] & mask) >>> 0}:`;
  }
  return key;
}

/** Key of a MAC address in text; undefined where the text is none. */
export function parseMacKey(mac: string): number | undefined {
  return parseMac(mac);
}
