/** What a layer decoder says to decode next, or how decoding ended. */
export const Layer = {
  /** The packet is decoded as far as it goes. */
  done: 0,
  /** The header is bad: what carries it stays as it was, or, without a tunnel around it, the packet is dropped. */
  fail: 1,
  /** The packet is dropped, whatever is around it. */
  drop: 2,

  ethernet: 3,
  /** By the EtherType in `walk.kind`. */
  ether_type: 4,
  llc: 5,
  mpls: 6,
  pppoe: 7,
  ppp: 8,
  /** IPv4 or IPv6, by the version nibble. */
  ip: 9,
  ipv4: 10,
  ipv6: 11,
  /** By the IP protocol in `walk.kind`. */
  ip_protocol: 12,

  ip_in_ip: 13,
  gre: 14,
  l2tp_ip: 15,
  mpls_tunnel: 16,

  vxlan: 17,
  vxlan_gpe: 18,
  geneve: 19,
  gtp: 20,
  l2tp: 21,
  stt: 22,
  teredo: 23,
  nsh: 24,
  radiotap: 25,
  ieee80211: 26,

  /** The link layer of the capture, by the link type in `walk.kind`. */
  link: 27,
} as const;
export type Layer = (typeof Layer)[keyof typeof Layer];
