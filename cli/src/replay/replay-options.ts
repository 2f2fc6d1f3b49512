import type { FlowTimeouts } from '@flowloom/flow';
import type { TunnelOptions } from '@flowloom/packet';

/** How packets become rows. Can be posted to a thread. */
export interface PacketOptions {
  /** Bytes of each frame that are looked at. */
  readonly snaplen: number;
  /** Server port to application protocol. */
  readonly decodeAs: ReadonlyMap<number, string>;
  /** Whether there are request logs and traces: else requests are counted in flow logs and network metrics alone. */
  readonly requests: boolean;
  /** Flows at the same time: beyond, the least useful end early. Absent: the pipeline's default. */
  readonly maxFlows?: number;
  /** Ports that are the server's where nothing else tells. */
  readonly serverPorts?: readonly number[];
  /** How long flows may be silent; those that are absent have their defaults. */
  readonly timeouts?: Partial<FlowTimeouts>;
  readonly tunnels?: TunnelOptions;
}

/** What `flowloom replay` was asked to do. */
export interface ReplayOptions extends PacketOptions {
  /** Paths; `-` is the standard input. */
  readonly files: readonly string[];
  readonly out: string;
  /** Every file is a run of its own. */
  readonly each: boolean;
  /** Path of a VPC inventory. */
  readonly resources: string | undefined;
  /** Packet threads, which share the flows out; 0 or absent: packets are read in the main thread. */
  readonly threads?: number;
  readonly json: boolean;
}

/** What became of one file. `error` says where and why reading ended, null where it did not. */
export interface FileSummary {
  readonly file: string;
  readonly packets: number;
  readonly flows: number;
  readonly requests: number;
  /** Packets that belong to no flow, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly error: string | null;
}
