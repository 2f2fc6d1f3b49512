import { appendRow, Batch, type FlowLog, rowOf, type TaggedFlow, taggedFlow } from '@flowloom/records';
import type { TaggedFlows } from '../core/flows/flow-window.ts';
import type { ClosedMinute } from '../core/flows/partition-windows.ts';

export const second = 1_000_000;
/** 2024-01-01T00:00:00Z. */
export const midnight = 1_704_067_200 * second;

export function tick(more: Partial<TaggedFlow>): Partial<TaggedFlow> {
  const start_us = more.start_us ?? midnight;
  return {
    flow_id: '0000000000000001',
    agent: 'node-1',
    source: 'pcap',
    observation_point: 'c',
    protocol: 'tcp',
    client_ip: '10.0.0.1',
    server_ip: '10.0.0.2',
    close_type: 'periodic',
    start_us,
    end_us: start_us + 900_000,
    packets_tx: 1,
    ...more,
  };
}

export function ticks(...rows: Partial<TaggedFlow>[]): TaggedFlows {
  const batch = new Batch(taggedFlow, rows.length);
  for (const row of rows) appendRow(batch, tick(row));
  return batch;
}

export function logsOf(minutes: readonly ClosedMinute[]): FlowLog[] {
  return minutes.flatMap(({ rows }) => Array.from({ length: rows.length }, (_, row) => rowOf(rows, row)));
}
