import type { AssignedPartition, CommitRequest, Committed, OutgoingRecord } from '@flowloom/bus';
import type { DecodedRecord } from '@flowloom/bus/nest';
import type { FlowLog, taggedFlow } from '@flowloom/records';
import { describe, expect, it, vi } from 'vitest';
import { FlowAggregator } from './core/flows/flow-aggregator.ts';
import { TrafficMetrics } from './core/metrics/metrics.ts';
import { aggregatorResource } from './core/scope.ts';
import { FlowLogOutputs } from './flow-log-outputs.ts';
import { FlowPartitions } from './flow-partitions.ts';
import { midnight, second, ticks } from './testing/ticks.ts';

/** A partition of a bus: what is committed stays, whoever reads. */
class Log {
  committed: Committed | undefined;
  readonly outputs: OutgoingRecord[] = [];
  failures = 0;

  assign(): AssignedPartition {
    const log = this;
    return {
      topic: 'flows',
      partition: 3,
      groupId: 'g',
      get committed() {
        return log.committed;
      },
      signal: new AbortController().signal,
      commit: async ({ offset, metadata = '', outputs = [] }: CommitRequest) => {
        if (log.failures-- > 0) throw new Error('the broker is away');
        log.outputs.push(...outputs);
        log.committed = { offset, metadata };
      },
      pause() {},
      resume() {},
      seek() {},
    };
  }

  get packets(): number {
    return this.outputs.reduce((sum, { value }) => sum + (JSON.parse(String(value)) as FlowLog).packets_tx, 0);
  }
}

/** A tick per 10 s, one packet each, at offset 0, 1, 2 ... */
const record = (offset: number): DecodedRecord<typeof taggedFlow.fields> => ({
  record: { offset, timestampMs: (midnight + offset * 10 * second) / 1000 } as never,
  rows: ticks({ start_us: midnight + offset * 10 * second }),
});

function open(partition: AssignedPartition, more: { flushOnRevoke?: boolean; nowUs?: () => number } = {}) {
  const nowUs = more.nowUs ?? (() => midnight);
  const metrics = new TrafficMetrics();
  const partitions = new FlowPartitions({
    aggregator: new FlowAggregator({ nowUs }),
    metrics,
    outputs: new FlowLogOutputs({ flowLogs: 'flow-logs' }, aggregatorResource('test')),
    emit: { minuteClosed: vi.fn(), ticksAdded: vi.fn(), clockFailed: vi.fn() } as never,
    nowUs,
    commitMs: 5000,
    flushOnRevoke: more.flushOnRevoke ?? false,
    partitions: async () => 2,
    flowLogTopic: 'flow-logs',
  });
  partitions.assigned(partition);
  return { partitions, metrics };
}

describe('FlowPartitions', () => {
  it('publishes a closed minute in the partition that belongs to its own, and commits the oldest open record', async () => {
    const log = new Log();
    const partition = log.assign();
    const { partitions } = open(partition);
    await partitions.add(
      partition,
      Array.from({ length: 8 }, (_, offset) => record(offset)),
    );
    expect(log.packets).toBe(6);
    expect(log.outputs[0]).toMatchObject({ topic: 'flow-logs', partition: 1, key: '10.0.0.1 10.0.0.2' });
    expect(log.committed?.offset).toBe(6);
  });

  it('loses and repeats nothing when it is killed at any record and begun again', async () => {
    for (let killedAt = 0; killedAt < 30; killedAt++) {
      const log = new Log();
      for (const until of [killedAt, 40]) {
        const partition = log.assign();
        const { partitions } = open(partition);
        for (let offset = log.committed?.offset ?? 0; offset < until; offset++) {
          await partitions.add(partition, [record(offset)]);
        }
      }
      // 40 ticks reach to 390 s: minutes 0 to 5 are closed, of six ticks each.
      expect(log.packets).toBe(36);
    }
  });

  it('counts a tick once in the metrics, whoever reads it again', async () => {
    const log = new Log();
    let counted = 0;
    for (const until of [8, 12]) {
      const partition = log.assign();
      const { partitions, metrics } = open(partition);
      for (let offset = log.committed?.offset ?? 0; offset < until; offset++) {
        await partitions.add(partition, [record(offset)]);
      }
      const packets = metrics.collect(midnight).find(({ name }) => name === 'flowloom.network.packets');
      counted += packets!.data.points.reduce((sum, point) => sum + ('value' in point ? point.value : 0), 0);
    }
    expect(counted).toBe(12);
  });

  it('keeps what a failed commit did not publish, also when the same records come again', async () => {
    const log = new Log();
    const partition = log.assign();
    const { partitions } = open(partition);
    const all = Array.from({ length: 8 }, (_, offset) => record(offset));
    log.failures = 2;
    await expect(partitions.add(partition, all)).rejects.toThrow('away');
    await expect(partitions.add(partition, all)).rejects.toThrow('away');
    await partitions.add(partition, all);
    expect(log.packets).toBe(6);
  });

  it('closes the minutes of a partition in which nothing comes any more', async () => {
    const log = new Log();
    const partition = log.assign();
    let nowUs = midnight;
    const { partitions } = open(partition, { nowUs: () => nowUs });
    await partitions.add(partition, [record(0)]);
    nowUs += 60 * second;
    await partitions.tick();
    expect(log.packets).toBe(0);
    nowUs += 30 * second;
    await partitions.tick();
    expect(log.packets).toBe(1);
  });

  it('hands out what is open when it ends only where nobody will read it again', async () => {
    for (const flushOnRevoke of [true, false]) {
      const log = new Log();
      const partition = log.assign();
      const { partitions } = open(partition, { flushOnRevoke });
      await partitions.add(partition, [record(0)]);
      await partitions.revoked(partition);
      expect(log.packets).toBe(flushOnRevoke ? 1 : 0);
    }
  });
});
