import type { FlowLog } from '@flowloom/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsOf, midnight, second, ticks } from '../../testing/ticks.ts';
import { PartitionWindows, type WindowPosition } from './partition-windows.ts';
import { parsePosition, positionMetadata } from './position-metadata.ts';

const options = { latenessUs: 10 * second, maxAheadUs: 60 * second };
type Tick = readonly [flow: number, atSecond: number, packets: number];

const aTick = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 1, max: 9 }),
);
const someRecords = fc.array(fc.array(aTick, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 });

const batchOf = (record: readonly Tick[]) =>
  ticks(
    ...record.map(([flow, atSecond, packets_tx]) => ({
      flow_id: flow.toString(16).padStart(16, '0'),
      start_us: midnight + atSecond * second,
      packets_tx,
    })),
  );

/** Packets by flow and minute: what must come out whatever the order and the restarts. */
function sums(rows: Iterable<Pick<FlowLog, 'flow_id' | 'minute_us' | 'packets_tx'>>): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { flow_id, minute_us, packets_tx } of rows) {
    const key = `${flow_id} ${(minute_us - midnight) / second}`;
    total[key] = (total[key] ?? 0) + packets_tx;
  }
  return Object.fromEntries(Object.entries(total).sort());
}

function truth(records: readonly (readonly Tick[])[]): Record<string, number> {
  const rows = records.flat().map(([flow, atSecond, packets_tx]) => ({
    flow_id: flow.toString(16).padStart(16, '0'),
    minute_us: midnight + Math.floor(atSecond / 60) * 60 * second,
    packets_tx,
  }));
  return sums(rows);
}

describe('PartitionWindows', () => {
  it('gives every packet exactly once, in any order of rows', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        const windows = new PartitionWindows(options);
        const out: FlowLog[] = [];
        for (const [offset, record] of records.entries()) {
          windows.add(batchOf(record), offset, Number.POSITIVE_INFINITY);
          out.push(...logsOf(windows.takeClosed()));
        }
        out.push(...logsOf(windows.flush()));
        expect(sums(out)).toEqual(truth(records));
      }),
    );
  });

  it('gives every packet exactly once, however often it is killed between commits', () => {
    /** What is done after a record: nothing, commit what is closed, or die. A clock ahead comes with each. */
    const steps = fc.array(fc.constantFrom('go on', 'commit', 'die'), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(someRecords, steps, fc.boolean(), (records, plan, hasClock) => {
        const recordedUs = hasClock ? midnight + 200 * second : Number.POSITIVE_INFINITY;
        const committed: { position?: WindowPosition; rows: FlowLog[] } = { rows: [] };
        const start = () => {
          const { position } = committed;
          const restored = position && parsePosition(position.offset, positionMetadata(position));
          return { windows: new PartitionWindows(options, restored), offset: restored?.offset ?? 0 };
        };
        let { windows, offset } = start();
        let pending: FlowLog[] = [];
        const todo = [...plan];
        while (offset < records.length) {
          windows.add(batchOf(records[offset]), offset++, recordedUs);
          const step = todo.pop() ?? 'commit';
          if (step === 'die') {
            ({ windows, offset } = start());
            pending = [];
          } else if (step === 'commit') {
            committed.rows.push(...pending, ...logsOf(windows.takeClosed()));
            committed.position = windows.position;
            pending = [];
          } else pending.push(...logsOf(windows.takeClosed()));
        }
        expect(sums([...committed.rows, ...pending, ...logsOf(windows.flush())])).toEqual(truth(records));
      }),
      { numRuns: 150 },
    );
  });

  it('begins at the offset alone where the metadata is not its own', () => {
    const fresh = { offset: 7, processed: 7, watermarkUs: 0 };
    for (const text of ['', 'x', 'null', '[]', '{"v":2}', '{"v":1,"processed":"9"}']) {
      expect(parsePosition(7, text)).toEqual(fresh);
    }
  });
});
