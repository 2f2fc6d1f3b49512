import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskSpill } from '../adapters/disk-spill.ts';
import { noSpill } from './no-spill.ts';
import { type Lost, PublishQueue } from './publish-queue.ts';
import type { RawRecord } from './raw-record.ts';

const record = (rows: number, bytes = 100): RawRecord => ({
  topic: rows % 2 ? 'flowsRaw' : 'requestsRaw',
  partition: rows,
  rows,
  value: new Uint8Array(bytes).fill(rows),
});
const rowsOf = (records: readonly RawRecord[]) => records.map(({ rows }) => rows);

/** Sends everything, one batch after the other. */
function drain(queue: PublishQueue): number[] {
  const sent: number[] = [];
  for (let batch = queue.next(250); batch.length > 0; batch = queue.next(250)) {
    sent.push(...rowsOf(batch));
    queue.sent();
  }
  return sent;
}

describe('PublishQueue', () => {
  let folder: string;
  let lost: Lost[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowloom-spill-'));
    lost = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const queueOf = (maxBytes: number, spillBytes: number) =>
    new PublishQueue(maxBytes, new DiskSpill(folder, spillBytes), (one) => lost.push(one));

  it('hands out records in their order, in batches of the wanted size', () => {
    const queue = queueOf(1000, 10_000);
    queue.push([1, 2, 3].map((rows) => record(rows)));
    expect(rowsOf(queue.next(250))).toEqual([1, 2]);
    expect(rowsOf(queue.next(250))).toEqual([1, 2]);
    queue.sent();
    expect(rowsOf(queue.next(250))).toEqual([3]);
  });

  it('keeps the order when a batch was not taken and more came meanwhile', () => {
    const queue = queueOf(1000, 10_000);
    queue.push([record(1), record(2)]);
    queue.next(250);
    queue.push([record(3)]);
    queue.unsent();
    expect(queue.bytes).toBe(300);
    expect(drain(queue)).toEqual([1, 2, 3]);
  });

  it('moves the oldest records to disk when memory is full, and sends them first', () => {
    const queue = queueOf(400, 10_000);
    for (let rows = 1; rows <= 6; rows++) queue.push([record(rows)]);
    expect(queue.bytes).toBeLessThanOrEqual(400);
    expect(queue.spilledBytes).toBeGreaterThan(0);
    expect(drain(queue)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(queue.spilledBytes).toBe(0);
    expect(lost).toEqual([]);
  });

  it('drops the oldest and says how many rows when the disk is full too', () => {
    const queue = queueOf(200, 300);
    for (let rows = 1; rows <= 9; rows++) queue.push([record(rows)]);
    const dropped = lost.reduce((sum, { rows }) => sum + rows, 0);
    const sent = drain(queue);
    expect(dropped + sent.reduce((sum, rows) => sum + rows, 0)).toBe(45);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(sent.at(-1)).toBe(9);
    expect(new Set(lost.map(({ reason }) => reason))).toEqual(new Set(['spill_full']));
  });

  it('finds after a restart what was left on disk, without a record that a crash has cut', () => {
    const first = queueOf(1000, 10_000);
    first.push([record(1), record(2)]);
    first.spill(0);
    const file = join(folder, readdirSync(folder)[0]);
    truncateSync(file, 2 * 112 - 1);
    const second = queueOf(1000, 10_000);
    second.push([record(3)]);
    const [restored] = second.next(1000);
    expect(restored).toEqual({ ...record(1), value: Buffer.from(record(1).value) });
    second.sent();
    expect(drain(second)).toEqual([3]);
  });

  it('loses what does not fit into memory where there is no disk', () => {
    const queue = new PublishQueue(200, noSpill, (one) => lost.push(one));
    for (let rows = 1; rows <= 4; rows++) queue.push([record(rows)]);
    expect(lost.length).toBeGreaterThan(0);
    expect(drain(queue).at(-1)).toBe(4);
  });
});
