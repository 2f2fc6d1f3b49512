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
  tcp: 12,
  udp: 13,
  /** By the IP protocol in `walk.kind`. */
  ip_protocol: 14,

  ip_in_ip: 15,
  gre: 16,
  l2tp_ip: 17,
  mpls_tunnel: 18,

  vxlan: 19,
  vxlan_gpe: 20,
  geneve: 21,
  gtp: 22,
  l2tp: 23,
  stt: 24,
  teredo: 25,
  nsh: 26,
  radiotap: 27,
  ieee80211: 28,

  /** The link layer of the capture, by the link type in `walk.kind`. */
  link: 29,
} as const;
export type Layer = (typeof Layer)[keyof typeof Layer];
