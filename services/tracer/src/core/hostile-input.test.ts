import { decodeOtlp } from '@flowloom/otlp/testing';
import { type TaggedRequest, taggedRequest } from '@flowloom/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, batchOf, request, spansOf, T0 } from '../testing/scenario.ts';
import { MemoryLinkStore } from './memory-link-store.ts';
import { Entries } from './texts.ts';
import { Tracer } from './tracer.ts';

/** Any value that a field can hold, and often one that meets others. */
const values = Object.fromEntries(
  Object.entries(taggedRequest.fields).map(([name, { kind }]) => {
    if (kind === 'bool') return [name, fc.boolean()];
    if (kind === 'id') return [name, fc.constantFrom('', ...'1234'.split('').map((digit) => digit.repeat(16)))];
    if (kind === 'ip') return [name, fc.constantFrom('', '10.0.0.1', '10.0.0.2', 'fd00::1')];
    if (kind === 'time') return [name, fc.oneof(fc.nat(5_000_000), fc.constant(0)).map((us) => us && T0 + us)];
    if (kind === 'map') return [name, fc.constant({ a: '1' })];
    if (kind === 'name' || kind === 'text')
      return [name, fc.oneof(fc.string(), fc.constantFrom('', 'http', 'c', 's-p', 'ü'.repeat(300)))];
    return [name, fc.constantFrom(0, 1, 2, 200)];
  }),
);

describe('rows of any content', () => {
  it('become valid OTLP, each observation once, and nothing stays behind', async () => {
    const rows = fc.array(fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<Partial<TaggedRequest>>, {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const tracer = new Tracer(new MemoryLinkStore());
        const origin = { open: 0 };
        tracer.add(batchOf(all), T0, origin);
        const traces = [...(await tracer.advance(T0 + 10e6)), ...(await tracer.flush())];
        expect([tracer.open, origin.open]).toEqual([0, 0]);
        for (const { request, spans, traceId } of traces) {
          const decoded = decodeOtlp('ExportTraceServiceRequest', request);
          const read = decoded.resourceSpans.flatMap(
            (group: { scopeSpans: { spans: object[] }[] }) => group.scopeSpans[0].spans,
          );
          expect(read).toHaveLength(spans);
          expect(traceId).toMatch(/^[0-9a-f]{32}$/);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('do not read what others put into the link store', async () => {
    const store = new MemoryLinkStore();
    const id = 'request-0123456789';
    await store.add(Entries.of([`{`, 'null', '7', '{"requestId":1}'].map((member) => [`t:x:${id}`, member])));
    await store.set(Entries.of([['r:00000000000000aa', 'garbage']]));
    const bench = new Bench({}, store);
    bench.add(
      request({ req_tcp_seq: 1, x_request_id: id }),
      request({ req_tcp_seq: 2, parent_request_id: '00000000000000aa' }),
    );
    expect(await bench.flush()).toHaveLength(4);
  });

  it('stay cheap when one X-Request-ID is on every request', async () => {
    const bench = new Bench();
    const id = 'always-the-same-id';
    bench.add(...Array.from({ length: 2_000 }, (_, i) => request({ req_tcp_seq: i + 1, x_request_id: id })));
    const started = performance.now();
    expect(await bench.flush()).toHaveLength(4_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a trace that is too large for a record', () => {
  it('is cut into records that fit, without losing a span', async () => {
    const rows = Array.from({ length: 100 }, (_, i) =>
      request({ trace_id: 'ab'.repeat(16), span_id: 'cd'.repeat(8), trace_sampled: true, req_tcp_seq: i + 1 }),
    );
    const bench = new Bench({ maxRequestBytes: 20_000 });
    bench.add(...rows);
    const parts = await bench.tracer.flush();
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every(({ request: { length } }) => length <= 20_000)).toBe(true);
    expect(parts.reduce((sum, { spans }) => sum + spans, 0)).toBe(200);
    expect(new Set(spansOf(parts).map(({ spanId }) => spanId)).size).toBe(200);
    const tiny = new Bench({ maxRequestBytes: 10 });
    tiny.add(...rows);
    expect(await tiny.flush()).toEqual([]);
    expect(tiny.events.filter(({ type }) => type === 'span_dropped')).toHaveLength(200);
  });
});
