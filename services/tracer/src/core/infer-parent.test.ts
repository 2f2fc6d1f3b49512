import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, type SeenSpan, T0 } from '../testing/scenario.ts';

const cart = '10.0.0.2';
const parent = request({ req_tcp_seq: 1, resp_tcp_seq: 1, server_ip: cart, start_us: T0, end_us: T0 + 10_000 });
const child = request({
  req_tcp_seq: 2,
  resp_tcp_seq: 2,
  protocol: 'redis',
  client_ip: cart,
  server_ip: '10.0.0.3',
  start_us: T0 + 2_000,
  end_us: T0 + 3_000,
});

/** Span of the child's client, if it hangs below another one. */
function linkOf(spans: readonly SeenSpan[]): SeenSpan | undefined {
  return spans.find((span) => span.attributes['flowloom.link'] === 'inferred');
}

async function linked(...rows: Row[]): Promise<SeenSpan | undefined> {
  const bench = new Bench();
  bench.add(...rows);
  return linkOf(await bench.flush());
}

describe('a request of which no cause was observed', () => {
  it('goes below the only request that its host had open meanwhile, and says that this is inferred', async () => {
    const bench = new Bench();
    bench.add(child, parent);
    const spans = await bench.flush();
    const server = spans.find(
      (span) => span.attributes['flowloom.request_id'] === parent.request_id && span.parentSpanId,
    );
    expect(linkOf(spans)).toMatchObject({ parentSpanId: server!.spanId, traceId: server!.traceId });
    expect(linkOf(spans)!.attributes).toMatchObject({
      'flowloom.request_id': child.request_id,
      'flowloom.link_rule': 'only_open_request',
      'flowloom.link_confidence': 0.99,
    });
  });

  it.each<[string, Row, Row]>([
    ['its host is no server', {}, { client_ip: '10.0.0.9' }],
    ['it begins before', {}, { start_us: T0 - 100 }],
    ['it ends after', {}, { end_us: T0 + 10_500 }],
    ['it begins after the answer', {}, { start_us: T0 + 20_000, end_us: T0 + 21_000 }],
    ['it was not answered', {}, { has_response: false }],
    ['another capturer, with another clock, saw it', {}, { agent: 'node-2' }],
    [
      'another process of the host sent it',
      { observation_point: 's-p', process_id: 7 },
      { observation_point: 'c-p', process_id: 8 },
    ],
    ['hosts have the same address in two VPCs', { server_vpc: 'a' }, { client_vpc: 'b' }],
    ['only loopback addresses are known', { server_ip: '127.0.0.1' }, { client_ip: '127.0.0.1' }],
    ['what was open is a one-way message', { is_one_way: true }, {}],
    ['a broker pushes it to a consumer', {}, { is_one_way: true, request_type: 'Basic.Deliver' }],
  ])('is a root where %s', async (_, above, below) => {
    expect(await linked({ ...parent, ...above }, { ...child, ...below })).toBeUndefined();
  });

  it('is a root where two requests were open, also where one of them just ended', async () => {
    const second = { ...parent, request_id: '00000000000000aa', req_tcp_seq: 9, resp_tcp_seq: 9 };
    expect(await linked(parent, child, second)).toBeUndefined();
    expect(await linked(parent, child, { ...second, end_us: T0 + 2_500 })).toBeUndefined();
    expect(await linked(parent, child, { ...second, end_us: T0 + 1_500 })).toBeDefined();
  });

  it('is a root on a host with more requests than can be told apart', async () => {
    const many = Array.from({ length: 64 }, (_, i) =>
      request({ req_tcp_seq: 100 + i, server_ip: cart, start_us: T0 + 5_000 + i, end_us: T0 + 5_100 + i }),
    );
    expect(await linked(parent, child, ...many)).toBeUndefined();
  });

  it('is found on loopback by its process', async () => {
    const above = { ...parent, server_ip: '127.0.0.1', observation_point: 's-p', process_id: 7 };
    const below = { ...child, client_ip: '127.0.0.1', observation_point: 'c-p', process_id: 7 };
    expect(await linked(above, below)).toBeDefined();
  });

  it('finds its parent in another partition and after a restart, through the link store', async () => {
    const one = new Bench();
    one.add(parent);
    const [root] = await one.after(20e6);
    const two = new Bench({}, one.store);
    two.nowUs = one.nowUs;
    two.add(child);
    expect(linkOf(await two.flush())?.traceId).toBe(root.traceId);
  });

  it('is not linked by inference where that is turned off', async () => {
    const bench = new Bench({ inferParents: false });
    bench.add(parent, child);
    expect(linkOf(await bench.flush())).toBeUndefined();
  });

  it('gets the same parent for every order of arrival and every number of views', async () => {
    const views = (row: Row, ends: Row[]): Row[] =>
      ends.map((end, i) => ({ ...row, request_id: `${row.req_tcp_seq}${i}`.padStart(16, '0'), ...end }));
    const rows = [
      ...views(parent, [
        { observation_point: 'c', agent: 'node-2', start_us: T0 - 300 },
        { observation_point: 's-nd' },
        { observation_point: 's' },
      ]),
      ...views(child, [{ observation_point: 'c' }, { observation_point: 's', agent: 'node-3' }]),
    ];
    const order = fc.shuffledSubarray(rows, { minLength: rows.length });
    const gaps = fc.array(fc.nat(900_000), { minLength: rows.length, maxLength: rows.length });
    await fc.assert(
      fc.asyncProperty(order, gaps, async (all, waits) => {
        const bench = new Bench();
        const spans: SeenSpan[] = [];
        for (const [i, row] of all.entries()) {
          bench.add(row);
          spans.push(...(await bench.after(waits[i])));
        }
        spans.push(...(await bench.flush()));
        expect(linkOf(spans)?.attributes['flowloom.request_id']).toBe('0000000000000020');
      }),
      { numRuns: 50 },
    );
  });
});
