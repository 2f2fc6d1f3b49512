import { appendRow, Batch, type RawFlow, rawFlow, rowOf, type TaggedFlow } from '@flowloom/records';
import type { ResourceIndex } from '../core/model/resource-index.ts';
import { type RawFlows, Tagger } from '../core/tagger.ts';

export const second = 1_000_000;

const aFlow: Partial<RawFlow> = {
  flow_id: '00000000000000aa',
  agent: 'node-1',
  source: 'af_packet',
  observation_point: 'c',
  protocol: 'tcp',
  ip_version: 4,
  client_ip: '10.0.0.1',
  client_port: 40_000,
  server_ip: '10.0.0.2',
  server_port: 80,
  start_us: 100 * second,
  end_us: 100 * second + 500_000,
};

export function flowBatch(...rows: Partial<RawFlow>[]): RawFlows {
  const batch = new Batch(rawFlow, rows.length);
  for (const row of rows) appendRow(batch, { ...aFlow, ...row });
  return batch;
}

/** The one row, tagged. */
export function tagFlow(index: ResourceIndex, row: Partial<RawFlow>): TaggedFlow {
  return rowOf(new Tagger(index).tagFlows(flowBatch(row)), 0);
}
