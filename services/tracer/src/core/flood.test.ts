import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, T0 } from '../testing/scenario.ts';
import { MemoryLinkStore } from './memory-link-store.ts';
import type { FinishedTrace } from './tracer.ts';

const LIMIT = 250;
const WAVE = 100;
const WAVES = 20;

/** So many requests at once, each of another connection. */
function wave(n: number, more: (i: number) => Row): Row[] {
  return Array.from({ length: WAVE }, (_, i) => {
    const number = n * WAVE + i + 1;
    return request({ req_tcp_seq: number, start_us: T0 + n * 1e5, end_us: T0 + n * 1e5 + 1_000, ...more(number) });
  });
}

const id = (n: number): string => n.toString(16).padStart(16, '0');

describe('a flood of requests', () => {
  it.each<[string, (n: number) => Row]>([
    ['that never end', () => ({ has_response: false, response_status: 'timeout' })],
    ['whose parents never come', (n) => ({ parent_request_id: id(0xdead0000 + n) })],
    ['that name each other as parents', (n) => ({ request_id: id(n), parent_request_id: id(n + 1) })],
    ['of one connection and number', () => ({ req_tcp_seq: 7 })],
    [
      'for names whose answers nobody uses',
      (n) => ({
        transport: 'udp',
        protocol: 'dns',
        protocol_request_id: '1',
        req_tcp_seq: 0,
        request_type: 'A',
        request_resource: `n${n}.shop`,
        response_result: 'A 10.0.0.9',
      }),
    ],
  ])(
    '%s is held within bounds, and every one of them is exported',
    async (_, more) => {
      const store = new MemoryLinkStore({ maxBytes: 2 ** 23 });
      const bench = new Bench({ maxOpenExchanges: LIMIT, maxTraceSpans: 100 }, store);
      const count = (traces: readonly FinishedTrace[]) => traces.reduce((sum, { spans }) => sum + spans, 0);
      let spans = 0;
      for (let n = 0; n < WAVES; n++) {
        bench.add(...wave(n, more));
        bench.nowUs += 1e5;
        spans += count(await bench.tracer.advance(bench.nowUs));
        expect(bench.tracer.open).toBeLessThanOrEqual(2 * LIMIT);
      }
      spans += count(await bench.tracer.flush());
      expect(spans).toBe(2 * WAVES * WAVE);
      expect(bench.tracer.open).toBe(0);
    },
    20_000,
  );
});
