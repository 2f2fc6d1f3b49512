/** Why a packet belongs to no flow: each is counted by its name. */
export const Drop = {
  none: 0,
  /** Link type that no decoder knows. */
  link_type: 1,
  /** Captured part ends inside a header that is needed. */
  truncated: 2,
  /** EtherType, LLC or PPP protocol without flows: LLDP, STP, LACP, IPX ... */
  ether_type: 3,
  /** A length or version in a header contradicts another. */
  malformed: 4,
  /** Link-layer frame without a network packet: 802.11 management, PPP and L2TP control ... */
  link_control: 5,
  /** Address resolution: ARP, RARP. */
  arp: 6,
  /** A later fragment whose first one has not been seen: kept in the fragment table until it comes. */
  fragment_held: 7,
  /** More headers on top of each other than any real packet has. */
  too_deep: 8,
  /** Payload that cannot be read: MACsec, protected 802.11. */
  encrypted: 9,
} as const;
export type Drop = (typeof Drop)[keyof typeof Drop];

/** Names by value, for counters. */
export const dropNames: readonly string[] = Object.keys(Drop);
