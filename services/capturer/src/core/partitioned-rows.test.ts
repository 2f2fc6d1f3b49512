import { type RawFlow, rawFlow, rowOf } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { flowBatch } from '../testing/raw-rows.ts';
import { PartitionedRows } from './partitioned-rows.ts';

const byPort = ({ columns }: ReturnType<typeof flowBatch>, row: number, partitions: number) =>
  columns.client_port.values[row] % partitions;

function taken(rows: PartitionedRows<typeof rawFlow.fields>): [number, Pick<RawFlow, 'client_ip' | 'client_port'>[]][] {
  return [...rows.take()].map(([partition, batch]) => [
    partition,
    Array.from({ length: batch.length }, (_, row) => {
      const { client_ip, client_port } = rowOf(batch, row);
      return { client_ip, client_port };
    }),
  ]);
}

describe('PartitionedRows', () => {
  it('gives each partition its rows, whole and in order', () => {
    const rows = new PartitionedRows(rawFlow, 4, byPort);
    rows.add(flowBatch({ client_port: 1, client_ip: '10.0.0.1' }, { client_port: 2, client_ip: 'fd00::2' }));
    rows.add(flowBatch({ client_port: 5, client_ip: '10.0.0.5' }));
    expect(taken(rows)).toEqual([
      [
        1,
        [
          { client_port: 1, client_ip: '10.0.0.1' },
          { client_port: 5, client_ip: '10.0.0.5' },
        ],
      ],
      [2, [{ client_port: 2, client_ip: 'fd00::2' }]],
    ]);
  });

  it('hands rows over once', () => {
    const rows = new PartitionedRows(rawFlow, 2, byPort);
    rows.add(flowBatch({ client_port: 1 }));
    expect(taken(rows)).toHaveLength(1);
    expect(taken(rows)).toEqual([]);
  });

  it('keeps its copy where the batch is used again', () => {
    const rows = new PartitionedRows(rawFlow, 1, byPort);
    const batch = flowBatch({ client_port: 7, client_ip: '10.0.0.7' });
    rows.add(batch);
    batch.clear();
    expect(taken(rows)).toEqual([[0, [{ client_port: 7, client_ip: '10.0.0.7' }]]]);
  });
});
