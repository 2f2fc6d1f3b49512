/** What an address without a known owner can be, by the special-purpose registries of IANA (RFC 6890). */
export type AddressScope = 'absent' | 'loopback' | 'local' | 'internet';

/** [first 32 bits of the prefix, its length, scope] of IPv4. */
const ipv4: readonly [number, number, AddressScope][] = [
  [0x0000_0000, 8, 'local'], // 0.0.0.0/8 this network, RFC 791
  [0x0a00_0000, 8, 'local'], // 10.0.0.0/8, RFC 1918
  [0x6440_0000, 10, 'local'], // 100.64.0.0/10 shared address space, RFC 6598
  [0x7f00_0000, 8, 'loopback'], // 127.0.0.0/8, RFC 1122
  [0xa9fe_0000, 16, 'local'], // 169.254.0.0/16 link-local, RFC 3927
  [0xac10_0000, 12, 'local'], // 172.16.0.0/12, RFC 1918
  [0xc000_0200, 24, 'local'], // 192.0.2.0/24 documentation, RFC 5737
  [0xc0a8_0000, 16, 'local'], // 192.168.0.0/16, RFC 1918
  [0xc612_0000, 15, 'local'], // 198.18.0.0/15 benchmarking, RFC 2544
  [0xc633_6400, 24, 'local'], // 198.51.100.0/24 documentation, RFC 5737
  [0xcb00_7100, 24, 'local'], // 203.0.113.0/24 documentation, RFC 5737
  [0xe000_0000, 3, 'local'], // 224.0.0.0/4 multicast, 240.0.0.0/4 reserved and broadcast
];

function startsWith(word: number, prefix: number, length: number): boolean {
  return word >>> (32 - length) === prefix >>> (32 - length);
}

/** Scope of the address in 4 words at `offset`. */
export function addressScope(words: Uint32Array, offset: number): AddressScope {
  const [a, b, c, d] = words.subarray(offset, offset + 4);
  if (a === 0 && b === 0) {
    if (c === 0xffff) return ipv4.find(([prefix, length]) => startsWith(d, prefix, length))?.[2] ?? 'internet';
    if (c === 0 && d === 0) return 'absent';
    if (c === 0 && d === 1) return 'loopback'; // ::1, RFC 4291 2.5.3
  }
  if (startsWith(a, 0x2001_0db8, 32)) return 'local'; // 2001:db8::/32 documentation, RFC 3849
  return startsWith(a, 0x2000_0000, 3) ? 'internet' : 'local'; // 2000::/3 global unicast, RFC 4291 2.4
}
