import { describe, expect, it } from 'vitest';
import { Batch } from './batch.ts';
import { rawRequest, taggedRequest } from './request.ts';
import { appendRow } from './row.ts';
import { RowsValue, readRows } from './rows-value.ts';

function batchOf(count: number, resource: (n: number) => string): Batch<typeof rawRequest.fields> {
  const batch = new Batch(rawRequest, count);
  for (let n = 0; n < count; n++) appendRow(batch, { agent: 'node', request_resource: resource(n), start_us: n });
  return batch;
}

describe('rows that are shared', () => {
  it('are read as they are, and from their bytes alike', () => {
    const shared = new RowsValue(batchOf(3, (n) => `/${n}`));
    const asTheyAre = readRows(rawRequest, { value: null, shared });
    const fromBytes = readRows(rawRequest, { value: shared.encode() });
    expect(asTheyAre.ok && asTheyAre.batch).toBe(shared.rows);
    expect(fromBytes.ok && fromBytes.batch.columns.request_resource.values).toEqual(['/0', '/1', '/2']);
  });

  it('are not made into bytes where they are read as they are', () => {
    const shared = new RowsValue(batchOf(3, () => '/'));
    let made = 0;
    const record = {
      shared,
      get value() {
        made++;
        return shared.encode();
      },
    };
    expect(readRows(rawRequest, record).ok).toBe(true);
    expect(made).toBe(0);
  });

  it('of another type are refused, as their bytes are', () => {
    const shared = new RowsValue(batchOf(3, () => ''));
    const value = shared.encode();
    const refused = { ok: false, reason: 'the rows are requests.raw, not requests' };
    expect(readRows(taggedRequest, { value, shared })).toEqual(refused);
    expect(readRows(taggedRequest, { value })).toEqual(refused);
    expect(readRows(rawRequest, { value: null })).toMatchObject({ ok: false });
  });

  it('say about how much memory they take', () => {
    const of = (count: number, resource: (n: number) => string) => new RowsValue(batchOf(count, resource)).bytes;
    const perRow = (of(2_000, () => '/') - of(1_000, () => '/')) / 1_000;
    expect(perRow).toBeGreaterThan(200);
    expect(perRow).toBeLessThan(600);
    const long = (n: number) => `/${n}/${'x'.repeat(1_000)}`;
    expect(of(1_000, long) - of(1_000, () => '/')).toBeGreaterThan(1e6);
  });
});
