/** Source and destination of the IPv4 header at `at`, as ::ffff:a.b.c.d each (`Packet.addresses`). */
export function readIpv4Addresses(addresses: Uint32Array, view: DataView, at: number): void {
  addresses[0] = 0;
  addresses[1] = 0;
  addresses[2] = 0xffff;
  addresses[3] = view.getInt32(at + 12);
  addresses[4] = 0;
  addresses[5] = 0;
  addresses[6] = 0xffff;
  addresses[7] = view.getInt32(at + 16);
}

/** Those of the IPv6 header at `at`. */
export function readIpv6Addresses(addresses: Uint32Array, view: DataView, at: number): void {
  for (let word = 0, from = at + 8; word < 8; word++, from += 4) addresses[word] = view.getInt32(from);
}
