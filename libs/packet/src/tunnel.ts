/** Outermost tunnel of a packet; the names are the public `tunnel_type`. */
export const Tunnel = {
  none: 0,
  vxlan: 1,
  vxlan_gpe: 2,
  geneve: 3,
  gre: 4,
  nvgre: 5,
  erspan: 6,
  /** IPv4 in IPv4 (RFC 2003). */
  ipip: 7,
  gtp: 8,
  l2tp: 9,
  stt: 10,
  teredo: 11,
  mpls: 12,
  /** IPv6 in IPv4 (RFC 4213). */
  '6in4': 13,
  /** IPv4 in IPv6 (RFC 2473). */
  '4in6': 14,
  /** IPv6 in IPv6 (RFC 2473). */
  '6in6': 15,
} as const;
export type Tunnel = (typeof Tunnel)[keyof typeof Tunnel];

/** Names by value. */
export const tunnelNames: readonly string[] = Object.keys(Tunnel);
