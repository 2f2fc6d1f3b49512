import { describe, expect, it } from 'vitest';
import { Bench, batchOf, type Row, request, T0 } from '../testing/scenario.ts';
import { keepAll } from './tail-sampler.ts';

const sampling = { ...keepAll, rate: 0, waitUs: 10e6 };
const options = { settleUs: 5e6, sampling };
const failed: Row = { response_code: '503', response_status: 'server_error' };
const incoming = request({ req_tcp_seq: 1, observation_point: 's-p', end_us: T0 + 9_000 });
const outgoing = (more: Row) =>
  request({ req_tcp_seq: 2, observation_point: 'c-p', parent_request_id: incoming.request_id, ...more });

describe('tail sampling', () => {
  it('keeps a whole trace if any of its requests failed', async () => {
    const bench = new Bench(options);
    bench.add(incoming, outgoing(failed), request({ req_tcp_seq: 3 }));
    expect(await bench.after(6e6)).toEqual([]);
    const spans = await bench.after(11e6);
    expect(spans).toHaveLength(4);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(bench.events).toContainEqual({ type: 'sampled_out', spans: 2 });
  });

  it('keeps a whole trace if any of its requests was slow', async () => {
    const bench = new Bench({ ...options, sampling: { ...sampling, slowUs: 8_000 } });
    bench.add(incoming, outgoing({}), request({ req_tcp_seq: 3, end_us: T0 + 7_000 }));
    expect(await bench.flush()).toHaveLength(4);
  });

  it('leaves errors out where they are not wanted', async () => {
    const bench = new Bench({ ...options, sampling: { ...sampling, keepErrors: false } });
    bench.add(incoming, outgoing(failed));
    expect(await bench.flush()).toEqual([]);
  });

  it('keeps a share of traces that depends on their ids alone', async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) =>
      request({ request_id: (i + 1).toString(16).padStart(16, '0'), req_tcp_seq: i + 1 }),
    );
    const kept = async (rate: number) => {
      const bench = new Bench({ ...options, sampling: { ...sampling, rate } });
      bench.add(...rows);
      return new Set((await bench.flush()).map(({ traceId }) => traceId));
    };
    const [quarter, half] = [await kept(0.25), await kept(0.5)];
    expect(quarter.size).toBeGreaterThan(420);
    expect(quarter.size).toBeLessThan(580);
    expect(await kept(0.25)).toEqual(quarter);
    expect([...quarter].filter((id) => !half.has(id))).toEqual([]);
  });

  it('is the same for what comes later, in another process too', async () => {
    const bench = new Bench(options);
    bench.add(incoming);
    await bench.after(6e6);
    const other = new Bench(options, bench.store);
    other.nowUs = bench.nowUs;
    other.add(outgoing(failed));
    expect(await other.after(6e6)).toEqual([]);
    // The error was seen before the parent was decided: both are kept.
    expect(await bench.after(11e6)).toHaveLength(2);
    expect(await other.after(11e6)).toHaveLength(2);
  });

  it('leaves out what comes after its trace was left out: no span without its parent', async () => {
    const bench = new Bench(options);
    bench.add(incoming);
    await bench.after(6e6);
    expect(await bench.after(11e6)).toEqual([]);
    bench.add(outgoing(failed));
    await bench.after(6e6);
    expect(await bench.after(11e6)).toEqual([]);
  });

  it('holds the rows of undecided traces, and knows them when they come again', async () => {
    const bench = new Bench(options);
    const origin = { open: 0 };
    bench.tracer.add(batchOf([incoming]), bench.nowUs, origin);
    await bench.after(6e6);
    expect(origin.open).toBe(1);
    bench.add(incoming);
    await bench.after(6e6);
    expect(bench.events).toContainEqual({ type: 'repeated', observations: 1 });
    await bench.after(11e6);
    expect(origin.open).toBe(0);
  });
});
