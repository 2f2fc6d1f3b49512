/** IANA protocol numbers that the decoder knows, IPv6 extension headers among them. */
export const HOP_BY_HOP = 0;
export const ICMP = 1;
export const IGMP = 2;
export const IPV4 = 4;
export const TCP = 6;
export const UDP = 17;
export const DCCP = 33;
export const IPV6 = 41;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const GRE = 47;
export const ESP = 50;
export const AH = 51;
export const ICMPV6 = 58;
export const DESTINATION_OPTIONS = 60;
export const L2TP = 115;
export const SCTP = 132;
export const MOBILITY = 135;
export const UDP_LITE = 136;
export const MPLS_IN_IP = 137;
export const HIP = 139;
export const SHIM6 = 140;

/** True of protocols whose first four bytes are the source and the destination port. */
export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP || protocol === DCCP || protocol === UDP_LITE;
}

/** True of IPv6 extension headers that another header follows (RFC 8200 4.1, RFC 6275, RFC 7401, RFC 5533). */
export function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AH:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HIP:
    case SHIM6:
      return true;
    default:
      return false;
  }
}
