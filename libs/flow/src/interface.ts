import type { LinkKind } from './observation-point.ts';

/** Where packets are seen: one file, or one network interface of one host. */
export interface CaptureInterface {
  /** `agent` of records: node or host name; in a replay the name of the file. */
  readonly agent: string;
  /** `interface` of records; '' where it has no name. */
  readonly name: string;
  /** `source` of records: af_packet, libpcap or pcap. */
  readonly source: string;
  /** What it is attached to: decides the observation point. */
  readonly kind: LinkKind;
  /** Behind it is one pod or virtual machine (the host's end of its veth or tap): whatever comes in there is its own. */
  readonly leadsToEnd?: boolean;
  /** Whose addresses the agent knows on this interface; absent in a replay. */
  readonly ownership?: Ownership;
}

/** What the agent knows of its own addresses. Asked once or twice per flow, never per packet. */
export interface Ownership {
  /** The MAC address belongs to this interface or to the pod or virtual machine behind it. */
  isLocalMac(mac: number): boolean;
  /** The address, 4 words from `offset`, belongs to this host or to the pod or virtual machine behind this interface. */
  isLocalAddress(words: Uint32Array, offset: number): boolean;
  /** The MAC address is that of an interface of this host. */
  isSegmentMac(mac: number): boolean;
  /** The MAC and the address belong to one interface of this host. */
  isSegmentEnd(mac: number, words: Uint32Array, offset: number): boolean;
}
