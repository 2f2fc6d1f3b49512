import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bench, type Row, request, type SeenSpan, T0 } from '../testing/scenario.ts';
import { MemoryLinkStore } from './memory-link-store.ts';

/**
 * A shop: gateway -> cart -> (redis, prices -> database), seen at several points each; causes known by the capturer, by
 * X-Request-ID and by a passed-on trace header; two such requests at once.
 */
function shop(n: number): Row[] {
  const id = (k: number) => (n * 100 + k).toString(16).padStart(16, '0');
  const header = n % 2 ? { trace_id: id(99).repeat(2), span_id: id(98), trace_sampled: true } : {};
  const xid = { x_request_id: `request-number-${n}-0123` };
  const hop = (k: number, client: string, server: string, from: number, to: number, more: Row = {}): Row[] =>
    ['c', 's-nd', 's'].map((observation_point, i) =>
      request({
        request_id: id(k * 5 + i),
        observation_point,
        agent: `${i === 0 ? client : server}-node`,
        req_tcp_seq: n * 1000 + k,
        resp_tcp_seq: n * 2000 + k,
        client_ip: client,
        server_ip: server,
        start_us: T0 + n * 50 + from + i,
        end_us: T0 + n * 50 + to - i,
        ...more,
      }),
    );
  const causedBy = (k: number) => ({ parent_request_id: id(k * 5 + 2) });
  return [
    ...hop(1, '10.0.0.1', '10.0.0.2', 0, 9_000, { ...xid, ...header }),
    ...hop(2, '10.0.0.2', '10.0.0.3', 100, 8_000, { ...xid, ...header }),
    ...hop(3, '10.0.0.3', '10.0.0.4', 200, 900, causedBy(2)),
    ...hop(4, '10.0.0.3', '10.0.0.5', 250, 4_000, causedBy(2)),
    ...hop(5, '10.0.0.5', '10.0.0.6', 400, 3_000, causedBy(4)),
  ];
}

const shape = (spans: readonly SeenSpan[]): string[] =>
  spans
    .map(({ traceId, spanId, parentSpanId, kind, service }) => [traceId, spanId, parentSpanId, kind, service].join())
    .sort();

const rows = [...shop(1), ...shop(2)];
const headerSpan = rows.find(({ span_id }) => span_id)!.span_id!;

it('makes two traces of two requests, without a parent that is missing', async () => {
  const bench = new Bench();
  bench.add(...rows);
  const spans = await bench.flush();
  expect(spans).toHaveLength(rows.length);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const dangling = spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId));
  expect(dangling.map(({ parentSpanId }) => parentSpanId)).toEqual([headerSpan]);
  expect(spans.filter(({ parentSpanId }) => !parentSpanId)).toHaveLength(1);
});

it('gives the same traces, spans and parents for every order of arrival', async () => {
  const reference = new Bench();
  reference.add(...rows);
  const expected = shape(await reference.flush());
  const order = fc.shuffledSubarray(rows, { minLength: rows.length });
  await fc.assert(
    fc.asyncProperty(
      order,
      fc.array(fc.nat(400_000), { minLength: rows.length, maxLength: rows.length }),
      async (all, gaps) => {
        const bench = new Bench({ settleUs: 20e6 });
        const seen: SeenSpan[] = [];
        for (const [i, row] of all.entries()) {
          bench.add(row);
          seen.push(...(await bench.after(gaps[i])));
        }
        seen.push(...(await bench.flush()));
        expect(shape(seen)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

it('keeps every span in its trace when records are late or the tracer restarts in between', async () => {
  const reference = new Bench();
  reference.add(...rows);
  const traceOf = new Map(
    (await reference.flush()).map((span) => [span.attributes['flowloom.request_id'], span.traceId]),
  );
  const parentFirst = fc.integer({ min: 0, max: 4 });
  await fc.assert(
    fc.asyncProperty(parentFirst, async (hops) => {
      const before = new Bench();
      const cut = (n: number) => rows.slice(n * 15, n * 15 + hops * 3);
      before.add(...cut(0), ...cut(1));
      const first = await before.after(6e6);
      const after = new Bench({}, before.store);
      after.nowUs = before.nowUs;
      after.add(...rows);
      const second = await after.flush();
      expect(first.length + second.length).toBe(rows.length);
      for (const span of [...first, ...second]) {
        expect(span.traceId).toBe(traceOf.get(span.attributes['flowloom.request_id']));
      }
    }),
  );
});

it('gives the same traces however the exchanges are spread over partitions and whatever order they come in', async () => {
  const reference = new Bench();
  reference.add(...rows);
  const expected = shape(await reference.flush());
  const partitions = 3;
  const order = fc.shuffledSubarray(rows, { minLength: rows.length });
  const salt = fc.nat(1_000);
  const gaps = fc.array(fc.nat(400_000), { minLength: rows.length, maxLength: rows.length });
  await fc.assert(
    fc.asyncProperty(order, salt, gaps, async (all, key, waits) => {
      const store = new MemoryLinkStore();
      const benches = Array.from({ length: partitions }, () => new Bench({ settleUs: 20e6 }, store));
      const seen: SeenSpan[] = [];
      const goOn = async (us: number) => {
        for (const bench of benches) seen.push(...(await bench.after(us)));
      };
      for (const [i, row] of all.entries()) {
        // As topics are: all observations of one request meet in one partition.
        benches[(row.req_tcp_seq! * 31 + key) % partitions].add(row);
        await goOn(waits[i]);
      }
      for (let i = 0; i < 8; i++) await goOn(10e6);
      expect(shape(seen)).toEqual(expected);
      expect(benches.map(({ tracer }) => tracer.open)).toEqual([0, 0, 0]);
    }),
    { numRuns: 40 },
  );
});

it('never gives a parent that is not there, and no two requests one trace without a cause', async () => {
  const cause = fc.record({ child: fc.nat(19), parent: fc.nat(24), host: fc.nat(2), ends: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(cause, { minLength: 20, maxLength: 20 }), async (causes) => {
      const id = (n: number) => (n + 1).toString(16).padStart(16, '0');
      // Any parent is named, also ones that never come, oneself, and circles; some requests have no answer.
      const all = causes.map(({ parent, host, ends }, i) =>
        request({
          request_id: id(i),
          req_tcp_seq: i + 1,
          parent_request_id: id(parent),
          server_ip: `10.0.0.${host}`,
          has_response: ends,
          response_status: ends ? 'ok' : 'timeout',
        }),
      );
      const bench = new Bench({ inferParents: false });
      bench.add(...all);
      const spans = [...(await bench.after(6e6)), ...(await bench.after(70e6)), ...(await bench.flush())];
      expect(spans).toHaveLength(2 * all.length);
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      for (const { parentSpanId, traceId } of spans) {
        if (parentSpanId) expect(byId.get(parentSpanId)?.traceId).toBe(traceId);
      }
      const roots = spans.filter(({ parentSpanId }) => !parentSpanId);
      expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(roots.length);
    }),
    { numRuns: 60 },
  );
});
