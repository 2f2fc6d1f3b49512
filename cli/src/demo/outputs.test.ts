import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readOutputs } from './outputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowloom-outputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...rows: unknown[]) =>
  writeFileSync(join(folder, `${name}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/** An export as in the OTLP specification's JSON encoding. */
const traces = (service: string, ...spans: object[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ spans }],
    },
  ],
});
const span = (traceId: string, spanId: string, more = {}) => ({
  traceId,
  spanId,
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: '1700000000000001000',
  endTimeUnixNano: '1700000000000005000',
  ...more,
});

it('reads flows, requests and spans by trace, and counts them', () => {
  write('flow-logs', { flow_id: 'a' }, { flow_id: 'a' }, { flow_id: 'b' });
  write('request-logs', { request_id: '1' });
  write(
    'traces',
    traces('shop', span('t1', 's1')),
    traces('cart', span('t1', 's2', { parentSpanId: 's1', status: { code: 2 } })),
  );
  const { counts, traces: found } = readOutputs(folder);
  expect(counts).toEqual({ flows: 2, requests: 1, processRequests: 0, traces: 1, spans: 2 });
  expect(found.get('t1')).toMatchObject([
    { service: 'shop', startUs: 1_700_000_000_000_001, endUs: 1_700_000_000_000_005, isError: false },
    { service: 'cart', parentSpanId: 's1', isError: true },
  ]);
});

it('takes empty files for nothing', () => {
  for (const name of ['flow-logs', 'request-logs', 'traces']) write(name);
  expect(readOutputs(folder).counts).toEqual({ flows: 0, requests: 0, processRequests: 0, traces: 0, spans: 0 });
});
