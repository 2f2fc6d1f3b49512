import type { FlowSink } from './row-writer.ts';
import { defaultTimeouts, type FlowTimeouts } from './timeouts.ts';

export interface FlowTableOptions {
  /** Takes the rows over, batch by batch. */
  sink: FlowSink;
  /** Flows at the same time: 576 bytes each, and 8 to 16 for links. */
  capacity?: number;
  /** Rows of a batch at most. */
  batchRows?: number;
  timeouts?: Partial<FlowTimeouts>;
  /** Ports that are the server's where no handshake and no application protocol says otherwise. */
  serverPorts?: readonly number[];
  /** The flow ended or its place is given to another: state kept by slot must go. Called before its last row. */
  onEnd?: (slot: number) => void;
  /** Of the hash table: secret in production. Nothing that is reported depends on it. */
  hashSeed?: number;
}

export type ResolvedOptions = Required<Omit<FlowTableOptions, 'timeouts'>> & { timeouts: FlowTimeouts };

export function resolveOptions(options: FlowTableOptions): ResolvedOptions {
  return {
    sink: options.sink,
    capacity: Math.min(Math.max(options.capacity ?? 1 << 18, 16), 1 << 22),
    batchRows: Math.max(options.batchRows ?? 1024, 16),
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    serverPorts: options.serverPorts ?? [],
    onEnd: options.onEnd ?? (() => {}),
    hashSeed: options.hashSeed ?? Math.floor(Math.random() * 0x1_0000_0000),
  };
}
