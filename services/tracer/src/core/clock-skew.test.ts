import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, request, T0 } from '../testing/scenario.ts';

/** One exchange between two hosts whose clocks differ: `offsetUs` is how far the server's clock is ahead. */
function exchange(n: number, startUs: number, durationUs: number, toUs: number, backUs: number, offsetUs: number) {
  const seqs = { req_tcp_seq: 100 + n, resp_tcp_seq: 90_000 + n };
  const end_us = startUs + durationUs;
  return [
    request({ ...seqs, observation_point: 'c', agent: 'near', start_us: startUs, end_us }),
    request({
      ...seqs,
      observation_point: 's',
      agent: 'far',
      start_us: startUs + toUs + offsetUs,
      end_us: end_us - backUs + offsetUs,
    }),
  ];
}

describe('clock skew', () => {
  it('leaves clocks alone that no exchange contradicts', async () => {
    const bench = new Bench();
    bench.add(...exchange(1, T0, 1_000, 100, 300, 0));
    const [, server] = await bench.flush();
    expect(server.startUs).toBe(T0 + 100);
    expect(server.attributes).not.toHaveProperty('flowloom.clock_skew_us');
  });

  it('is estimated from shared exchanges, corrected, and written down', async () => {
    const bench = new Bench();
    bench.add(...exchange(1, T0, 1_000, 100, 100, 50_000));
    const [client, server] = await bench.flush();
    expect(server.attributes['flowloom.clock_skew_us']).toBe(-50_000);
    expect(server).toMatchObject({ startUs: T0 + 100, endUs: T0 + 900 });
    expect(client.attributes).not.toHaveProperty('flowloom.clock_skew_us');
  });

  it('is carried on to the requests that the far host sent', async () => {
    const bench = new Bench();
    const [near, far] = exchange(1, T0, 1_000, 100, 100, 50_000);
    const child = request({
      observation_point: 'c-p',
      agent: 'far',
      req_tcp_seq: 7,
      start_us: T0 + 50_300,
      end_us: T0 + 50_400,
      parent_request_id: far.request_id,
    });
    bench.add(near, far, child);
    const spans = await bench.flush();
    expect(spans.find(({ attributes }) => attributes['flowloom.observation_point'] === 'c-p')?.startUs).toBe(T0 + 300);
  });

  it('adds up along a chain of three hosts', async () => {
    const offsets: Record<string, number> = { a: 0, b: 50_000, c: -200_000 };
    const at = (agent: string, observation_point: string, fromUs: number, toUs: number, values: object) =>
      request({
        observation_point,
        agent,
        start_us: T0 + fromUs + offsets[agent],
        end_us: T0 + toUs + offsets[agent],
        ...values,
      });
    const [first, second] = [
      { req_tcp_seq: 1, resp_tcp_seq: 2 },
      { req_tcp_seq: 3, resp_tcp_seq: 4 },
    ];
    const got = at('b', 's-p', 200, 1_800, first);
    const bench = new Bench();
    bench.add(at('a', 'c-p', 0, 2_000, first), got);
    bench.add(at('b', 'c-p', 500, 1_500, { ...second, parent_request_id: got.request_id }));
    bench.add(at('c', 's-p', 700, 1_300, second));
    const spans = await bench.flush();
    const seen = spans.map(({ startUs, endUs, attributes }) => [
      startUs - T0,
      endUs - T0,
      attributes['flowloom.clock_skew_us'],
    ]);
    expect(seen.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [0, 2_000, undefined],
      [200, 1_800, -50_000],
      [500, 1_500, -50_000],
      [700, 1_300, 200_000],
    ]);
  });

  it('never lets a server span stick out of its client span, whatever the clocks and delays', async () => {
    const delays = fc.record({ to: fc.nat(500), work: fc.integer({ min: 1, max: 5_000 }), back: fc.nat(500) });
    const skew = fc.integer({ min: -30_000_000, max: 30_000_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(delays, { minLength: 1, maxLength: 8 }), skew, async (all, offsetUs) => {
        const bench = new Bench();
        for (const [n, { to, work, back }] of all.entries()) {
          bench.add(...exchange(n, T0 + n * 10_000, to + work + back, to, back, offsetUs));
        }
        const spans = await bench.flush();
        for (const server of spans.filter(({ kind }) => kind === 2)) {
          const client = spans.find(({ spanId }) => spanId === server.parentSpanId)!;
          expect(server.startUs).toBeGreaterThanOrEqual(client.startUs);
          expect(server.endUs).toBeLessThanOrEqual(client.endUs);
        }
      }),
      { numRuns: 60 },
    );
  });
});
