import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, type SeenSpan, T0 } from '../testing/scenario.ts';

const id = (n: number) => n.toString(16).padStart(16, '0');
const pod = '10.0.0.2';

const incoming = (n: number, fromUs: number, toUs: number): Row =>
  request({
    req_tcp_seq: n,
    request_id: id(n),
    server_ip: pod,
    server_workload: 'shop',
    start_us: T0 + fromUs,
    end_us: T0 + toUs,
    observation_point: 's-p',
  });

const lookup = (more: Row = {}): Row =>
  request({
    transport: 'udp',
    protocol: 'dns',
    protocol_request_id: '77',
    request_type: 'A',
    request_resource: 'prices.shop',
    response_result: 'CNAME p1.shop; A 10.0.0.9',
    observation_point: 'c',
    client_ip: pod,
    server_ip: '10.0.0.53',
    start_us: T0 + 1_000,
    end_us: T0 + 2_000,
    ...more,
  });

const call = (parent: number, more: Row = {}): Row =>
  request({
    req_tcp_seq: 50,
    flow_id: id(0xf50),
    observation_point: 'c',
    client_ip: pod,
    server_ip: '10.0.0.9',
    server_workload: 'prices',
    start_us: T0 + 3_000,
    end_us: T0 + 8_000,
    ...(parent && { parent_request_id: id(parent), link: 'observed', link_rule: 'thread' }),
    ...more,
  });

/** Two requests are open at the host, so that nothing else tells which one asked for the name. */
const both = [incoming(1, 0, 20_000), incoming(2, 100, 21_000)];

describe('the lookup of a name', () => {
  it('stands beside the request to the address that it gave, below the same parent', async () => {
    const bench = new Bench();
    const aaaa = lookup({ protocol_request_id: '78', request_type: 'AAAA', response_result: '' });
    bench.add(...both, lookup(), aaaa, call(2));
    const spans = await bench.flush();
    const isServer = ({ attributes, kind }: SeenSpan) => attributes['flowloom.request_id'] === id(2) && kind === 2;
    const server = spans.find(isServer)!;
    const lookups = spans.filter(({ name, kind }) => name.startsWith('DNS') && kind === 3);
    expect(lookups.map(({ name }) => name).sort()).toEqual(['DNS A', 'DNS AAAA']);
    for (const one of lookups) {
      expect(one).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId });
      expect(one.attributes).toMatchObject({
        'flowloom.link': 'inferred',
        'flowloom.link_rule': 'resolved_address',
        'flowloom.link_confidence': 0.95,
      });
    }
  });

  it('finds it in another partition, whichever comes first', async () => {
    for (const order of [0, 1]) {
      const bench = new Bench();
      const other = new Bench({}, bench.store);
      const [first, second] = order === 0 ? [bench, other] : [other, bench];
      bench.add(lookup());
      other.add(...both, call(1));
      const spans = [];
      for (let i = 0; i < 8; i++) spans.push(...(await first.after(3e6)), ...(await second.after(3e6)));
      const asked = spans.find(({ name, kind }) => name === 'DNS A' && kind === 3)!;
      const got = spans.find(({ attributes }) => attributes['flowloom.link_rule'] === 'thread')!;
      expect(asked).toMatchObject({ traceId: got.traceId, parentSpanId: got.parentSpanId });
    }
  });

  it("joins the application's own trace where the request names it", async () => {
    const header = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_sampled: true };
    const bench = new Bench();
    bench.add(...both, lookup(), call(0, header));
    const spans = await bench.flush();
    const asked = spans.find(({ name }) => name === 'DNS A')!;
    expect(asked).toMatchObject({ traceId: header.trace_id, parentSpanId: header.span_id });
  });

  it('links to a request that is a root itself', async () => {
    const bench = new Bench();
    bench.add(lookup(), call(0));
    const spans = await bench.flush();
    const asked = spans.find(({ name }) => name === 'DNS A')!;
    const root = spans.find(({ name, parentSpanId }) => name.startsWith('GET') && parentSpanId === '')!;
    expect(asked.traceId).not.toBe(root.traceId);
    expect(asked.links).toEqual([
      { traceId: root.traceId, spanId: root.spanId, attributes: { 'flowloom.link_reason': 'resolved_for' } },
    ]);
  });

  it.each<[string, Row[]]>([
    ['nothing went to the answered address', [call(1, { server_ip: '10.0.0.8' })]],
    ['the request began before the answer', [call(1, { start_us: T0 + 1_500 })]],
    ['the request came much later', [call(1, { start_us: T0 + 5e6, end_us: T0 + 6e6 })]],
    ['the connection was there before', [call(2, { req_tcp_seq: 49, start_us: T0 + 500, end_us: T0 + 800 }), call(1)]],
    ['the parent began after it', [incoming(3, 2_500, 9_000), call(3)]],
    ['two requests of different parents followed at once', [call(1), call(2, { req_tcp_seq: 51, flow_id: id(0xf51) })]],
    ['another host made the request', [call(1, { client_ip: '10.0.0.4' })]],
  ])('stays alone where %s', async (_, rows) => {
    const bench = new Bench();
    bench.add(...both, lookup(), ...rows);
    const spans = await bench.flush();
    const asked = spans.find(({ name }) => name === 'DNS A')!;
    expect(asked.parentSpanId).toBe('');
    expect(asked.links ?? []).toEqual([]);
  });
});
