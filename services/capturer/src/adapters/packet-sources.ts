import type { PacketSource } from '../core/packet-source.ts';
import { AfPacketSource } from './af-packet/af-packet-source.ts';
import { OwnConnections } from './af-packet/own-connections.ts';
import { LibpcapSource } from './libpcap/libpcap-source.ts';

/** How packets are captured: plain data, so that it can be sent to a thread. */
export interface SourceOptions {
  readonly kind: 'af_packet' | 'libpcap';
  readonly interfaces: readonly string[];
  readonly snaplen: number;
  readonly ringBytes: number;
  readonly hardwareTimestamps: boolean;
  readonly excludeOwnTraffic: boolean;
  /** Whether frames of loopback are taken by an eBPF program where the kernel can, which costs less. */
  readonly ebpf: boolean;
  /** The group whose sockets share the flows; absent for a single one. */
  readonly fanoutGroup?: number;
}

const blockBytes = 1 << 20;
const blockTimeoutMs = 50;

/** The source that the options describe; it is not open yet. */
export function packetSource(options: SourceOptions): PacketSource {
  if (options.kind === 'libpcap') return new LibpcapSource(options);
  return new AfPacketSource({
    interfaces: options.interfaces,
    snaplen: options.snaplen,
    blockBytes,
    blocks: Math.max(Math.floor(options.ringBytes / blockBytes), 4),
    blockTimeoutMs,
    hardwareTimestamps: options.hardwareTimestamps,
    ebpf: options.ebpf,
    fanoutGroup: options.fanoutGroup,
    ownConnections: options.excludeOwnTraffic ? new OwnConnections() : undefined,
  });
}
