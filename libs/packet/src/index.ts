export { PacketDecoder, type PacketDecoderOptions } from './decoder.ts';
export { Drop, dropNames } from './drop.ts';
export {
  type CaptureError,
  type CaptureErrorReason,
  CaptureReader,
  type CaptureReaderOptions,
  type Compression,
  compressionOf,
  type Frame,
} from './file/index.ts';
export { shareOf, shareOfQuoted } from './flow-share.ts';
export type { Reassembly } from './ip/reassembly.ts';
export { LinkType, linkTypeName } from './link/link-type.ts';
export { ACK, FIN, Packet, PSH, RST, SYN, URG } from './packet.ts';
export { AH, DCCP, ESP, GRE, ICMP, ICMPV6, IGMP, SCTP, TCP, UDP } from './protocol.ts';
export {
  defaultTunnelPorts,
  type PortTunnelName,
  type TunnelName,
  type TunnelOptions,
  tunnelPorts,
} from './tunnel/tunnel-options.ts';
export { Tunnel, tunnelNames } from './tunnel.ts';
