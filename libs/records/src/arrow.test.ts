import {
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  tableFromIPC,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeArrow, encodeArrow } from './arrow.ts';
import { Batch } from './batch.ts';
import { optional } from './field.ts';
import { rawFlow } from './flow.ts';
import { recordType } from './record-type.ts';
import { rawRequest, taggedRequest } from './request.ts';
import { appendRow, rowOf } from './row.ts';
import { arbitraryRow } from './testing/arbitrary-row.ts';

const batchOf = <T extends typeof rawFlow>(
  rows: Parameters<typeof appendRow<T['fields']>>[1][],
  type = rawFlow as T,
) => {
  const batch = new Batch(type, 1);
  for (const row of rows) appendRow(batch, row as never);
  return batch;
};

const someRows = [
  { flow_id: '00f067aa0ba902b7', client_ip: '10.0.0.1', server_ip: '2001:db8::1', client_mac: '02:42:ac:11:00:02' },
  { protocol: 'tcp', start_us: 1_700_000_000_123_456, bytes_tx: 2 ** 53 - 1, is_new: true, rtt_us: 2 ** 32 - 1 },
  { protocol: 'tcp', agent: 'nöde' },
];

test('what is written is read again, of every kind', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRow(taggedRequest), { maxLength: 20 }), (rows) => {
      const batch = new Batch(taggedRequest, 1);
      for (const row of rows) appendRow(batch, row);
      const read = decodeArrow(taggedRequest, encodeArrow(batch));
      if (!read.ok) throw new Error(read.reason);
      expect(read.batch.length).toBe(rows.length);
      for (let i = 0; i < rows.length; i++) expect(rowOf(read.batch, i)).toEqual(rowOf(batch, i));
    }),
    { numRuns: 50 },
  );
});

test('any Arrow reader sees the types of the table in field.ts', () => {
  const table = tableFromIPC(encodeArrow(batchOf(someRows)));
  const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]));
  expect(types).toMatchObject({
    start_us: 'Timestamp<MICROSECOND, UTC>',
    bytes_tx: 'Uint64',
    client_ip: 'FixedSizeBinary[16]',
    client_mac: 'FixedSizeBinary[6]',
    flow_id: 'FixedSizeBinary[8]',
    protocol: 'Dictionary<Uint32, Utf8>',
    is_new: 'Bool',
  });
  const row = table.get(0)!;
  expect([...row['flow_id']]).toEqual([0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
  expect([...row['client_ip']]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1]);
  expect([...row['client_mac']]).toEqual([0x02, 0x42, 0xac, 0x11, 0x00, 0x02]);
  expect(table.get(1)!['bytes_tx']).toBe(9007199254740991n);
});

test('any Arrow reader reads what was written, whatever its characters', () => {
  const texts = fc.record({
    plain: fc.string({ unit: 'binary' }),
    named: fc.string({ unit: 'grapheme' }),
    number: fc.nat(),
  });
  const type = recordType('t', 1, '', {
    plain: optional('text', 'last', ''),
    named: optional('name', 'last', ''),
    number: optional('u64', 'sum', ''),
  });
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 20 }), (rows) => {
      const batch = new Batch(type);
      for (const row of rows) appendRow(batch, row);
      const read = tableFromIPC(encodeArrow(batch)).toArray();
      // A surrogate alone has no UTF-8 form: it is written as U+FFFD.
      const expected = rows.map((row) => ({
        plain: row.plain.toWellFormed(),
        named: row.named,
        number: BigInt(row.number),
      }));
      expect(read.map((row) => ({ ...row.toJSON() }))).toEqual(expected);
    }),
  );
});

test('some of the rows are written as those alone', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRow(taggedRequest), { maxLength: 12 }), fc.nat(12), fc.nat(12), (rows, a, b) => {
      const batch = new Batch(taggedRequest, 1);
      for (const row of rows) appendRow(batch, row);
      const [start, end] = [Math.min(a, b, rows.length), Math.min(Math.max(a, b), rows.length)];
      const read = decodeArrow(taggedRequest, encodeArrow(batch, start, end));
      if (!read.ok) throw new Error(read.reason);
      expect(Array.from({ length: read.batch.length }, (_, i) => rowOf(read.batch, i))).toEqual(
        Array.from({ length: end - start }, (_, i) => rowOf(batch, start + i)),
      );
    }),
    { numRuns: 30 },
  );
});

test('rows are appended to a batch that has some, whatever its dictionary', () => {
  const into = batchOf([{ protocol: 'udp' }]);
  const read = decodeArrow(rawFlow, encodeArrow(batchOf(someRows)), into);
  expect(read).toEqual({ ok: true, batch: into });
  expect(Array.from({ length: 4 }, (_, i) => into.columns.protocol.get(i))).toEqual(['udp', '', 'tcp', 'tcp']);
});

test('a field that an older writer lacks is absent, and one that only a newer writer has is ignored', () => {
  const older = recordType('t', 1, '', { a: optional('u32', 'sum', ''), gone: optional('text', 'last', '') });
  const newer = recordType('t', 2, '', {
    a: optional('u32', 'sum', ''),
    b: optional('name', 'last', '', { since: 2 }),
  });
  const batch = new Batch(older);
  appendRow(batch, { a: 7, gone: 'x' });
  const read = decodeArrow(newer, encodeArrow(batch));
  expect(read.ok && rowOf(read.batch, 0)).toEqual({ a: 7 });
});

test('nulls of another writer are absent', () => {
  const type = recordType('t', 1, '', { a: optional('u32', 'sum', ''), text: optional('text', 'last', '') });
  const { metadata } = tableFromIPC(encodeArrow(new Batch(type))).schema;
  const a = vectorFromArray([1, null, 3], new Uint32()).data[0];
  const text = vectorFromArray([null, 'b', null], new Utf8()).data[0];
  const schema = new Schema([new Field('a', a.type, true), new Field('text', text.type, true)], metadata);
  const data = makeData({ type: new Struct(schema.fields), length: 3, nullCount: 0, children: [a, text] });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(schema, data as never));
  const read = decodeArrow(type, writer.finish().toUint8Array(true));
  expect(read.ok && [0, 1, 2].map((i) => rowOf(read.batch, i))).toEqual([{ a: 1 }, { text: 'b' }, { a: 3 }]);
});

test('rows of another record are refused by name', () => {
  const read = decodeArrow(rawRequest, encodeArrow(batchOf(someRows)));
  expect(read).toEqual({ ok: false, reason: 'the rows are flows.raw, not requests.raw' });
});

test('a field of another type is refused, and the batch stays as it was', () => {
  const wrong = recordType('flows.raw', 1, '', { rtt_us: optional('text', 'last', '') });
  const batch = new Batch(wrong);
  appendRow(batch, { rtt_us: 'soon' });
  const into = batchOf([{ protocol: 'udp' }]);
  expect(decodeArrow(rawFlow, encodeArrow(batch), into)).toEqual({
    ok: false,
    reason: 'field rtt_us is Utf8',
  });
  expect(into.length).toBe(1);
});

test('bytes cut anywhere give a reason or whole rows, never an error', () => {
  const bytes = encodeArrow(batchOf(someRows));
  for (let end = 0; end < bytes.length; end += 7) {
    const read = decodeArrow(rawFlow, bytes.subarray(0, end));
    if (read.ok) expect([0, 3]).toContain(read.batch.length);
    else expect(read.reason.length).toBeLessThanOrEqual(200);
  }
});

test('bytes changed anywhere never throw, and never make more rows than there can be', () => {
  const bytes = encodeArrow(batchOf(someRows));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (changes) => {
        const hostile = bytes.slice();
        for (const [at, byte] of changes) hostile[at] = byte;
        const read = decodeArrow(rawFlow, hostile);
        if (read.ok) expect(read.batch.length).toBeLessThanOrEqual(262_144);
        else expect(read.reason).not.toBe('');
      },
    ),
    { numRuns: 500 },
  );
});

test('no bytes, and bytes of something else, are refused', () => {
  for (const text of ['', '{"json":true}', '\0'.repeat(64), '\xff'.repeat(64)]) {
    expect(decodeArrow(rawFlow, Buffer.from(text, 'latin1')).ok).toBe(false);
  }
});
