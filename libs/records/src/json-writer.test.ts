import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from './batch.ts';
import { flowLog } from './flow.ts';
import { JsonWriter } from './json-writer.ts';
import { requestLog } from './request.ts';
import { appendRow, parseRow, rowOf } from './row.ts';
import { arbitraryRow } from './testing/arbitrary-row.ts';

test.each([flowLog, requestLog])('lines are what JSON.stringify makes of the rows: $name', (type) => {
  const writer = new JsonWriter<never>(type as never);
  fc.assert(
    fc.property(fc.array(arbitraryRow(type as never), { maxLength: 10 }), (rows) => {
      const batch = new Batch<never>(type as never, 1);
      for (const row of rows) appendRow(batch, row);
      const lines = writer.values(batch).map((value) => Buffer.from(value).toString());
      expect(lines).toEqual(rows.map((_, i) => JSON.stringify(rowOf(batch, i))));
    }),
    { numRuns: 50 },
  );
});

test('integers of every length are written exactly', () => {
  const writer = new JsonWriter(flowLog);
  const batch = new Batch(flowLog);
  const numbers = [0, 9, 10, 99_999, 100_000, 999_999_999, 1e9, 1e9 + 1, 4_294_967_295, 1e15, Number.MAX_SAFE_INTEGER];
  for (const bytes_tx of [...numbers, ...numbers.map((n) => -n - 1)])
    if (Number.isSafeInteger(bytes_tx)) appendRow(batch, { bytes_tx });
  const written = writer.values(batch).map((value) => JSON.parse(Buffer.from(value).toString()).bytes_tx);
  expect(written).toEqual(Array.from({ length: batch.length }, (_, i) => batch.columns.bytes_tx.values[i]));
});

test('a map that is no JSON object is left out, and one of several lines becomes one', () => {
  const batch = new Batch(flowLog);
  for (const text of ['{"a":', '[1]', '{"a":{"b":1}}', '{\n"app": "web"}']) {
    batch.columns.client_labels.values[batch.append()] = text;
  }
  const labels = new JsonWriter(flowLog)
    .values(batch)
    .map((value) => JSON.parse(Buffer.from(value).toString()).client_labels);
  expect(labels).toEqual([undefined, undefined, undefined, { app: 'web' }]);
});

test('a counter of TCP is there at 0 in rows of TCP, and absent in others', () => {
  const batch = new Batch(flowLog);
  appendRow(batch, { protocol: 'tcp' });
  appendRow(batch, { protocol: 'icmp' });
  const [tcp, icmp] = new JsonWriter(flowLog).values(batch).map((value) => JSON.parse(Buffer.from(value).toString()));
  expect([tcp.retrans_tx, tcp.zero_window_rx, tcp.client_port]).toEqual([0, 0, 0]);
  expect([icmp.retrans_tx, icmp.zero_window_rx, icmp.client_port]).toEqual([undefined, undefined, undefined]);
});

test('the unspecified address is written where an address is required', () => {
  const batch = new Batch(flowLog);
  appendRow(batch, { ip_version: 6, server_ip: 'ff02::16' });
  const [row] = new JsonWriter(flowLog).values(batch).map((value) => JSON.parse(Buffer.from(value).toString()));
  expect([row.client_ip, row.server_ip]).toEqual(['::', 'ff02::16']);
});

test('a batch without rows is no bytes', () => {
  const { bytes, ends } = new JsonWriter(flowLog).write(new Batch(flowLog));
  expect([bytes.length, ends.length]).toEqual([0, 0]);
});

test('a JSON record is read back, without what it does not know', () => {
  const batch = new Batch(flowLog);
  appendRow(batch, { flow_id: '00f067aa0ba902b7', client_ip: '10.0.0.1', bytes_tx: 5 });
  const row = rowOf(batch, 0);
  expect(parseRow(flowLog, JSON.stringify({ ...row, later: 1 }))).toEqual({ ok: true, row });
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not an object'],
  ['{}', 'field minute_us is missing'],
])('%s is refused: %s', (text, reason) => {
  expect(parseRow(flowLog, text)).toEqual({ ok: false, reason });
});

test('a field of the wrong type is refused by name', () => {
  const row = rowOf(new Batch(flowLog), new Batch(flowLog).append());
  const wrong = { ...row, minute_us: '1' };
  expect(parseRow(flowLog, JSON.stringify(wrong))).toEqual({ ok: false, reason: 'field minute_us is no time' });
});
