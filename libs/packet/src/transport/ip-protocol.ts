import { Layer } from '../layer.ts';
import { AH, DCCP, GRE, ICMP, ICMPV6, IPV4, IPV6, L2TP, MPLS_IN_IP, SCTP, TCP, UDP, UDP_LITE } from '../protocol.ts';
import type { Walk } from '../walk.ts';
import { icmp, icmpv6 } from './icmp.ts';
import { dccp, noPayload, sctp, udpLite } from './other.ts';

/** The layer of an IP protocol. */
export function layerOf(protocol: number): Layer {
  if (protocol === TCP) return Layer.tcp;
  return protocol === UDP ? Layer.udp : Layer.ip_protocol;
}

/** What the IP protocol in `walk.kind` names, TCP and UDP excepted. */
export function ipProtocol(walk: Walk): Layer {
  switch (walk.kind) {
    case ICMP:
      return icmp(walk);
    case ICMPV6:
      return icmpv6(walk);
    case SCTP:
      return sctp(walk);
    case DCCP:
      return dccp(walk);
    case UDP_LITE:
      return udpLite(walk);
    case AH:
      return authentication(walk);
    default:
      noPayload(walk);
      return tunnelled(walk.kind);
  }
}

function tunnelled(protocol: number): Layer {
  switch (protocol) {
    case IPV4:
    case IPV6:
      return Layer.ip_in_ip;
    case GRE:
      return Layer.gre;
    case L2TP:
      return Layer.l2tp_ip;
    case MPLS_IN_IP:
      return Layer.mpls_tunnel;
    default:
      return Layer.done;
  }
}

/**
 * Authentication header in IPv4 (RFC 4302 2): next header, length in 4-byte units without the first 8 bytes, then what it
 * authenticates, in clear text.
 */
function authentication(walk: Walk): Layer {
  const { bytes, at, packet } = walk;
  if (walk.left() < 12) return noPayload(walk);
  const next = bytes[at];
  packet.protocol = next;
  return walk.next(next === AH ? Layer.done : layerOf(next), (bytes[at + 1] + 2) << 2, next);
}
