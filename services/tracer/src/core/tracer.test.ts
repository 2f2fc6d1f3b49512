import { describe, expect, it } from 'vitest';
import { Bench, outline, request, T0 } from '../testing/scenario.ts';

const tcp = { req_tcp_seq: 1000, resp_tcp_seq: 9000, client_workload: 'web', server_workload: 'cart' };
const traceparent = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_sampled: true };

describe('one exchange', () => {
  it('gives a CLIENT and a SERVER span where one point saw it', async () => {
    const bench = new Bench();
    bench.add(request({ ...tcp, observation_point: 's' }));
    const spans = await bench.flush();
    expect(outline(spans)).toEqual(['web CLIENT s', '  cart SERVER s']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans[0].attributes).not.toHaveProperty('flowloom.link');
    expect(spans[1].attributes).toMatchObject({ 'flowloom.link': 'observed', 'flowloom.link_rule': 'one_observation' });
  });

  it('nests its observation points in path order, whatever order they arrive in', async () => {
    const bench = new Bench();
    const points = ['s-p', 'c-nd', 's', 'c', 's-nd', 'c-p'];
    for (const observation_point of points) {
      bench.add(request({ ...tcp, observation_point, agent: observation_point.startsWith('c') ? 'n1' : 'n2' }));
    }
    expect(outline(await bench.flush())).toEqual([
      'web CLIENT c-p',
      '  web INTERNAL c',
      '    web INTERNAL c-nd',
      '      cart INTERNAL s-nd',
      '        cart INTERNAL s',
      '          cart SERVER s-p',
    ]);
  });

  it('tells of each hop what was seen there, also where little differs', async () => {
    const bench = new Bench();
    const hops = { c: 'a', 'c-nd': 'a', 's-nd': 'b', s: 'b' };
    for (const [observation_point, container_id] of Object.entries({ 'c-p': '', ...hops, 's-p': '' }))
      bench.add(request({ ...tcp, observation_point, container_id }));
    const spans = (await bench.flush()).filter(({ kind }) => kind === 1);
    expect(spans.map(({ attributes }) => attributes['container.id'])).toEqual(['a', 'a', 'b', 'b']);
  });

  it('is one behind NAT: addresses differ, sequence numbers do not', async () => {
    const bench = new Bench();
    bench.add(request({ ...tcp, observation_point: 'c', server_ip: '10.96.0.10' }));
    bench.add(
      request({ ...tcp, observation_point: 's', agent: 'node-2', client_ip: '192.168.7.1', client_port: 4242 }),
    );
    expect(outline(await bench.flush())).toEqual(['web CLIENT c', '  cart SERVER s']);
  });

  it.each([
    ['another request', { req_tcp_seq: 1001 }],
    ['another response of another connection', { resp_tcp_seq: 9001, client_port: 4242 }],
    ['another protocol', { protocol: 'redis' }],
    ['another time', { start_us: T0 + 120e6, end_us: T0 + 121e6 }],
  ])('is not joined with %s', async (_, other) => {
    const bench = new Bench();
    bench.add(request({ ...tcp, observation_point: 'c' }), request({ ...tcp, observation_point: 's', ...other }));
    const spans = await bench.flush();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('is joined on one connection by the request alone: who lost bytes may take another answer for its own', async () => {
    const rows = [
      request({ ...tcp, observation_point: 'c-p' }),
      request({ ...tcp, observation_point: 'local', resp_tcp_seq: 9001, end_us: T0 + 5_000 }),
      request({ ...tcp, observation_point: 's-p', resp_tcp_seq: 9001 }),
    ];
    const traces = [];
    for (const order of [rows, rows.toReversed()]) {
      const bench = new Bench();
      bench.add(...order);
      const spans = await bench.flush();
      expect(outline(spans)).toEqual(['web CLIENT c-p', '  web INTERNAL local', '    cart SERVER s-p']);
      traces.push(spans.map(({ traceId, spanId }) => traceId + spanId));
    }
    expect(traces[0]).toEqual(traces[1]);
  });

  it('is joined without TCP by the id and the question of the protocol', async () => {
    const bench = new Bench();
    const dns = { transport: 'udp', protocol: 'dns', protocol_request_id: '4711', request_resource: 'cart.shop' };
    bench.add(request({ ...dns, observation_point: 'c', request_type: 'A' }));
    bench.add(request({ ...dns, observation_point: 's', request_type: 'A', agent: 'node-2' }));
    bench.add(request({ ...dns, observation_point: 'c', request_type: 'AAAA' }));
    const spans = await bench.flush();
    expect(spans.map(({ name }) => name).sort()).toEqual(['DNS A', 'DNS A', 'DNS AAAA', 'DNS AAAA']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('is exported when nothing more arrived for the settling time, once', async () => {
    const bench = new Bench({ settleUs: 5e6 });
    bench.add(request({ ...tcp, observation_point: 'c' }));
    expect(await bench.after(3e6)).toEqual([]);
    bench.add(request({ ...tcp, observation_point: 's' }));
    expect(await bench.after(3e6)).toEqual([]);
    expect(await bench.after(3e6)).toHaveLength(2);
    expect(await bench.after(60e6)).toEqual([]);
    expect(bench.tracer.open).toBe(0);
  });
});

describe('cause inside a host', () => {
  const incoming = request({ ...tcp, request_id: '00000000000000aa', observation_point: 's-p', end_us: T0 + 9_000 });
  const outgoing = (n: number) =>
    request({
      observation_point: 'c-p',
      req_tcp_seq: 2000 + n,
      client_workload: 'cart',
      server_workload: 'db',
      start_us: T0 + 100 + n,
      parent_request_id: '00000000000000aa',
      link: 'observed',
      link_rule: 'thread',
    });

  it('hangs every outgoing request below the incoming one that the capturer names, in one trace', async () => {
    const bench = new Bench();
    bench.add(outgoing(1), outgoing(2), incoming);
    const spans = await bench.flush();
    expect(outline(spans)).toEqual([
      'web CLIENT s-p',
      '  cart SERVER s-p',
      '    cart CLIENT c-p',
      '      db SERVER c-p',
      '    cart CLIENT c-p',
      '      db SERVER c-p',
    ]);
    expect(spans.filter((span) => span.attributes['flowloom.link_rule'] === 'thread')).toHaveLength(2);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('holds a child back until its parent goes, and hands both out together', async () => {
    const bench = new Bench({ settleUs: 5e6 });
    bench.add(outgoing(1));
    expect(await bench.after(6e6)).toEqual([]);
    bench.add(incoming);
    expect(await bench.after(2e6)).toEqual([]);
    expect(await bench.after(4e6)).toHaveLength(4);
  });

  it('lets a child go as a root when its parent never comes, and says so', async () => {
    const bench = new Bench({ settleUs: 5e6, parentWaitUs: 30e6 });
    bench.add(outgoing(1));
    await bench.after(6e6);
    const spans = await bench.after(31e6);
    expect(spans[0].parentSpanId).toBe('');
    expect(bench.events).toContainEqual({ type: 'parent_missing' });
  });

  it('finds the trace of a parent that was exported long ago, also from another tracer', async () => {
    const bench = new Bench();
    bench.add(incoming);
    const [, server] = await bench.after(6e6);
    const other = new Bench({}, bench.store);
    other.add(outgoing(1));
    const [client] = await other.flush();
    expect(client).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId });
  });

  it('breaks a circle of parents', async () => {
    const bench = new Bench();
    const ring = ['1', '2', '3'].map((n) => n.padStart(16, 'e'));
    for (const [i, request_id] of ring.entries()) {
      bench.add(request({ request_id, req_tcp_seq: 50 + i, parent_request_id: ring[(i + 1) % 3] }));
    }
    const spans = await bench.flush();
    expect(spans).toHaveLength(6);
    expect(spans.filter(({ parentSpanId }) => !parentSpanId)).toHaveLength(1);
    expect(bench.events).toEqual([{ type: 'parent_cycle' }]);
  });
});

describe('a connection', () => {
  const flow = { flow_id: '00000000000000c0', client_port: 40_000 };

  it('that is used again carries requests of several traces, each with its own cause', async () => {
    const bench = new Bench({ inferParents: false });
    for (const n of [1, 2]) {
      const at = T0 + n * 5_000;
      const id = `00000000000000a${n}`;
      bench.add(
        request({ req_tcp_seq: n, request_id: id, observation_point: 's-p', start_us: at, end_us: at + 4_000 }),
      );
      bench.add(
        request({
          ...flow,
          req_tcp_seq: 700 + n,
          observation_point: 'c-p',
          start_us: at + 1_000,
          end_us: at + 2_000,
          parent_request_id: id,
        }),
      );
    }
    const spans = await bench.flush();
    const traces = Map.groupBy(spans, ({ traceId }) => traceId);
    expect(
      [...traces.values()].map((one) => new Set(one.map((span) => span.attributes['flowloom.flow_id'])).size),
    ).toEqual([2, 2]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(2);
  });

  it('carries two requests at once (HTTP/2), told apart by their streams', async () => {
    const bench = new Bench({ inferParents: false });
    for (const stream of ['1', '3']) {
      const both = { ...tcp, protocol: 'http2', protocol_request_id: stream };
      bench.add(
        request({ ...both, observation_point: 'c' }),
        request({ ...both, observation_point: 's', agent: 'n2' }),
      );
    }
    const spans = await bench.flush();
    expect(spans).toHaveLength(4);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  });
});

describe('a one-way message', () => {
  it('ends a moment after it is sent, hangs below its cause, and is no failure', async () => {
    const bench = new Bench();
    bench.add(request({ ...tcp, request_id: '00000000000000aa', observation_point: 's-p', end_us: T0 + 9_000 }));
    bench.add(
      request({
        req_tcp_seq: 5,
        observation_point: 'c-p',
        start_us: T0 + 500,
        end_us: T0 + 500,
        is_one_way: true,
        has_response: false,
        response_code: '',
        response_status: 'unknown',
        parent_request_id: '00000000000000aa',
      }),
    );
    const sent = (await bench.flush()).filter(({ startUs }) => startUs === T0 + 500);
    expect(sent.map(({ endUs, error }) => [endUs, error])).toEqual([
      [T0 + 501, undefined],
      [T0 + 501, undefined],
    ]);
    expect(sent[0].parentSpanId).not.toBe('');
  });
});

describe("the application's own trace", () => {
  it('takes the exchange in, below the span that the header names', async () => {
    const bench = new Bench();
    bench.add(
      request({ ...tcp, ...traceparent, observation_point: 'c' }),
      request({ ...tcp, ...traceparent, observation_point: 's' }),
    );
    const [client, server] = await bench.flush();
    expect(client).toMatchObject({ traceId: traceparent.trace_id, parentSpanId: traceparent.span_id });
    expect(client.attributes).toMatchObject({ 'flowloom.link': 'header', 'flowloom.link_rule': 'trace_header' });
    expect(server).toMatchObject({ traceId: traceparent.trace_id, parentSpanId: client.spanId });
  });

  it('wins over what the capturer saw, which is kept as a span link', async () => {
    const bench = new Bench();
    bench.add(request({ ...tcp, request_id: '00000000000000ab' }));
    const [, cause] = await bench.after(6e6);
    bench.add(request({ req_tcp_seq: 77, ...traceparent, parent_request_id: '00000000000000ab' }));
    const [client] = await bench.flush();
    expect(client.parentSpanId).toBe(traceparent.span_id);
    expect(client.links).toEqual([
      { traceId: cause.traceId, spanId: cause.spanId, attributes: { 'flowloom.link_reason': 'observed_cause' } },
    ]);
  });

  it('nests below a proxy that passed the header on unchanged', async () => {
    const bench = new Bench();
    const behind = { server_workload: 'db', client_workload: 'cart', client_ip: '10.0.0.2', server_ip: '10.0.0.3' };
    bench.add(request({ ...behind, ...traceparent, req_tcp_seq: 5, start_us: T0 + 100, end_us: T0 + 900 }));
    bench.add(request({ ...tcp, ...traceparent }));
    const spans = await bench.flush();
    expect(outline(spans)).toEqual([
      'web CLIENT rest',
      '  cart SERVER rest',
      '    cart CLIENT rest',
      '      db SERVER rest',
    ]);
    expect(spans[2].attributes).toMatchObject({ 'flowloom.link': 'header', 'flowloom.link_rule': 'same_trace_header' });
    expect(spans[0].parentSpanId).toBe(traceparent.span_id);
  });
});

describe('X-Request-ID', () => {
  const id = { x_request_id: '3f9c2a1e-8d2b-4b5a-9c55-1d3b8e1f0a77' };
  const front = request({ ...tcp, ...id, server_workload: 'nginx', end_us: T0 + 9_000 });
  const back = (more: object) =>
    request({ ...id, req_tcp_seq: 31, client_ip: '10.0.0.2', server_ip: '10.0.0.3', start_us: T0 + 50, ...more });

  it('links both sides of a proxy', async () => {
    const bench = new Bench();
    bench.add(back({}), front);
    const spans = await bench.flush();
    expect(outline(spans)).toEqual([
      'web CLIENT rest',
      '  nginx SERVER rest',
      '    10.0.0.2 CLIENT rest',
      '      10.0.0.3 SERVER rest',
    ]);
    expect(spans[2].attributes).toMatchObject({ 'flowloom.link': 'header', 'flowloom.link_rule': 'same_request_id' });
  });

  it('links where the proxy made the id itself and shows it in its response', async () => {
    const bench = new Bench();
    bench.add(back({}), { ...front, x_request_id: '', x_request_id_response: id.x_request_id });
    expect(new Set((await bench.flush()).map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('follows a chain of proxies, each below the one before', async () => {
    const bench = new Bench();
    const third = { req_tcp_seq: 32, client_ip: '10.0.0.3', server_ip: '10.0.0.4', start_us: T0 + 80 };
    bench.add(back(third), front, back({}));
    expect(outline(await bench.flush()).at(-1)).toBe('          10.0.0.4 SERVER rest');
  });

  it.each([
    ['another host', { client_ip: '10.0.0.77' }],
    ['a time after the answer', { start_us: T0 + 3e6, end_us: T0 + 4e6 }],
    ['a short id', { x_request_id: '1' }],
  ])('links nothing with %s', async (_, more) => {
    const bench = new Bench({ inferParents: false });
    const short = 'x_request_id' in more ? { ...front, x_request_id: '1' } : front;
    bench.add(back(more), short);
    expect(new Set((await bench.flush()).map(({ traceId }) => traceId)).size).toBe(2);
  });
});

describe('late and repeated records', () => {
  it('put a late observation into the trace of its exchange, below the nearest span', async () => {
    const bench = new Bench();
    bench.add(request({ ...tcp, observation_point: 'c' }), request({ ...tcp, observation_point: 's', agent: 'n2' }));
    const [client] = await bench.after(6e6);
    bench.add(request({ ...tcp, observation_point: 'c-nd', agent: 'n1' }));
    const [late] = await bench.after(6e6);
    expect(late).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId, kind: 1 });
    expect(bench.events).toContainEqual({ type: 'late', observations: 1 });
  });

  it('export nothing twice when records are read again after a restart', async () => {
    const bench = new Bench();
    const rows = [request({ ...tcp, observation_point: 'c' }), request({ ...tcp, observation_point: 's' })];
    bench.add(...rows);
    expect(await bench.after(6e6)).toHaveLength(2);
    const restarted = new Bench({}, bench.store);
    restarted.nowUs = bench.nowUs;
    restarted.add(...rows);
    expect(await restarted.flush()).toEqual([]);
    expect(restarted.events).toEqual([{ type: 'repeated', observations: 2 }]);
  });

  it('give the same ids where a restart came before they were published', async () => {
    const rows = [request({ ...tcp, observation_point: 'c' }), request({ ...tcp, observation_point: 's' })];
    const [one, two] = [new Bench(), new Bench()];
    one.add(...rows);
    two.add(...rows.toReversed());
    expect(await one.flush()).toEqual(await two.flush());
  });
});

describe('limits', () => {
  it('split a trace whose header never changes, and link the new one back', async () => {
    const bench = new Bench({ maxTraceSpans: 10 });
    for (let i = 0; i < 7; i++) bench.add(request({ ...traceparent, req_tcp_seq: 100 + i }));
    const spans = await bench.flush();
    expect(spans.filter(({ traceId }) => traceId === traceparent.trace_id)).toHaveLength(10);
    const split = spans.filter((span) => span.attributes['flowloom.trace_split'] === 'size');
    expect(split).toHaveLength(2);
    expect(split[0].links?.[0]).toMatchObject({ traceId: traceparent.trace_id, spanId: traceparent.span_id });
  });

  it('split a trace that lives too long', async () => {
    const bench = new Bench({ maxTraceAgeUs: 60e6 });
    bench.add(request({ ...traceparent, req_tcp_seq: 1 }));
    bench.add(request({ ...traceparent, req_tcp_seq: 2, start_us: T0 + 61e6, end_us: T0 + 62e6 }));
    await bench.flush();
    expect(bench.events).toContainEqual({ type: 'trace_split', reason: 'age' });
  });

  it('export the oldest early when too many are open', async () => {
    const bench = new Bench({ maxOpenExchanges: 3 });
    for (let i = 1; i <= 5; i++) bench.add(request({ req_tcp_seq: i }));
    expect(await bench.after(1)).toHaveLength(4);
    expect(bench.tracer.open).toBe(3);
  });

  it('count down the rows that each origin still has open', async () => {
    const bench = new Bench();
    const origin = { open: 0 };
    const { batchOf } = await import('../testing/scenario.ts');
    bench.tracer.add(batchOf([request({ req_tcp_seq: 1 }), request({ req_tcp_seq: 2 })]), T0, origin);
    expect(origin.open).toBe(2);
    await bench.flush();
    expect(origin.open).toBe(0);
  });
});
