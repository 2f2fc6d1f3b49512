/** LINKTYPE_ values that the decoder knows (tcpdump.org/linktypes). */
export const LinkType = {
  null: 0,
  ethernet: 1,
  raw: 101,
  ipv4: 228,
  ipv6: 229,
} as const;
