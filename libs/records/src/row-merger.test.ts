import { expect, test } from 'vitest';
import { Batch } from './batch.ts';
import { flowLog, rawFlow, taggedFlow } from './flow.ts';
import { appendRow, rowOf } from './row.ts';
import { RowCopier } from './row-copier.ts';
import { RowMerger, SKIP } from './row-merger.ts';

const ticks = () => {
  const batch = new Batch(rawFlow, 1);
  const key = { flow_id: '00f067aa0ba902b7', agent: 'node-1', protocol: 'tcp', client_ip: '10.0.0.1' };
  appendRow(batch, {
    ...key,
    start_us: 5,
    end_us: 6,
    is_new: true,
    packets_tx: 2,
    tcp_flags_tx: 2,
    close_type: 'periodic',
  });
  appendRow(batch, {
    ...key,
    start_us: 3,
    end_us: 9,
    packets_tx: 3,
    tcp_flags_tx: 16,
    rtt_us: 70,
    art_max_us: 8,
    interface: 'eth0',
  });
  appendRow(batch, { ...key, end_us: 8, rtt_us: 80, art_max_us: 5, close_type: 'normal', tunnel_src: '10.9.9.9' });
  return batch;
};

test('rows become one by the rule of each field', () => {
  const from = ticks();
  const into = new Batch(flowLog, 1);
  into.append();
  new RowMerger(rawFlow, flowLog).merge(from, into, Uint32Array.of(0, 0, 0));
  expect(rowOf(into, 0)).toMatchObject({
    flow_id: '00f067aa0ba902b7',
    agent: 'node-1',
    interface: 'eth0',
    start_us: 3,
    end_us: 9,
    is_new: true,
    packets_tx: 5,
    tcp_flags_tx: 18,
    rtt_us: 70,
    art_max_us: 8,
    close_type: 'normal',
    tunnel_src: '10.9.9.9',
    client_ip: '10.0.0.1',
  });
});

test('a merge into an absent row is a copy', () => {
  const from = ticks();
  const into = new Batch(rawFlow, 1);
  into.extend(3);
  new RowMerger(rawFlow, rawFlow).merge(from, into, Uint32Array.of(2, 0, 1));
  expect([2, 0, 1].map((row) => rowOf(into, row))).toEqual([0, 1, 2].map((row) => rowOf(from, row)));
});

test('rows can be skipped, and ranges chosen', () => {
  const into = new Batch(flowLog, 1);
  into.append();
  new RowMerger(rawFlow, flowLog).merge(ticks(), into, Uint32Array.of(0, 0, SKIP), 1);
  expect(into.columns.packets_tx.values[0]).toBe(3);
  expect(into.columns.close_type.get(0)).toBe('');
});

test('names keep their meaning when batches are cleared and used again', () => {
  const from = ticks();
  const into = new Batch(flowLog, 1);
  const merger = new RowMerger(rawFlow, flowLog);
  into.append();
  merger.merge(from, into, Uint32Array.of(0, 0, 0));
  from.clear();
  into.clear();
  appendRow(from, { protocol: 'udp', agent: 'other' });
  into.append();
  merger.merge(from, into, Uint32Array.of(0));
  expect(rowOf(into, 0)).toMatchObject({ protocol: 'udp', agent: 'other' });
});

test('a sum of u32 columns takes back what was counted', () => {
  const from = new Batch(rawFlow);
  from.append();
  from.columns.retrans_tx.values[0] = -2;
  const into = new Batch(rawFlow);
  appendRow(into, { retrans_tx: 5 });
  new RowMerger(rawFlow, rawFlow).merge(from, into, Uint32Array.of(0));
  expect(into.columns.retrans_tx.values[0]).toBe(3);
});

test('a copier appends ranges of rows and overwrites single ones, fields of the same name only', () => {
  const from = ticks();
  const to = new Batch(taggedFlow, 1);
  appendRow(to, { client_pod: 'web-1', protocol: 'udp' });
  const copier = new RowCopier(rawFlow, taggedFlow);
  expect(copier.append(from, to, 1)).toBe(1);
  expect([1, 2].map((row) => rowOf(to, row))).toEqual([1, 2].map((row) => rowOf(from, row)));
  copier.copy(from, 0, to, 2);
  expect(rowOf(to, 2)).toEqual(rowOf(from, 0));
  expect(rowOf(to, 0)).toMatchObject({ client_pod: 'web-1', protocol: 'udp' });
});
