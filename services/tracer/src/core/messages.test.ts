import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, T0 } from '../testing/scenario.ts';

const context = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_sampled: true };

/** Operation of who sends and of who gets a message; what the parser says of the latter besides. */
const pulled: Row = { observation_point: 'c-p', client_workload: 'billing', server_workload: 'broker' };
const pushed: Row = { observation_point: 's-p', client_workload: 'broker', server_workload: 'billing' };
const systems: [protocol: string, send: string, receive: string, more: Row][] = [
  ['kafka', 'Produce', 'Fetch', pulled],
  ['amqp', 'Basic.Publish', 'Basic.Get', pulled],
  ['amqp', 'Basic.Publish', 'Basic.Deliver', { ...pushed, is_one_way: true, has_response: false }],
  ['nats', 'HPUB', 'HMSG', { ...pushed, is_one_way: true, has_response: false }],
  ['mqtt', 'PUBLISH', 'PUBLISH', { ...pushed, attributes: { 'messaging.operation.type': 'receive' } }],
];

describe.each(systems)('a message of %s, by %s and %s', (protocol, send, receive, more) => {
  const common = { protocol, request_resource: 'orders', ...context };
  const shop = { client_workload: 'shop', server_workload: 'broker' };
  const sent = request({ ...common, ...shop, request_type: send, req_tcp_seq: 1 });
  const got = request({
    ...common,
    ...more,
    request_type: receive,
    req_tcp_seq: 2,
    client_ip: '10.0.0.9',
    start_us: T0 + 5_000,
    end_us: T0 + 6_000,
  });

  it('joins sender and receiver by span links, each in a trace of its own', async () => {
    const bench = new Bench();
    bench.add(got, sent);
    const spans = await bench.flush();
    const producer = spans.find(({ service, kind }) => service === 'shop' && kind === 4)!;
    expect(producer).toMatchObject({ traceId: context.trace_id, parentSpanId: context.span_id });
    const consumer = spans.find(({ service }) => service === 'billing')!;
    expect(consumer.traceId).not.toBe(producer.traceId);
    expect(consumer.kind).toBe(more === pulled ? 3 : 5);
    expect(consumer.links?.[0]).toEqual({
      traceId: context.trace_id,
      spanId: context.span_id,
      attributes: { 'flowloom.link_reason': 'message_context' },
    });
  });

  it.each([
    ['before', [sent, got]],
    ['after', [got, sent]],
  ])('links to the span of the sending request that arrives %s it', async (_, rows) => {
    const bench = new Bench({ settleUs: 5e6 });
    const spans = [];
    for (const row of rows) {
      bench.add(row);
      spans.push(...(await bench.after(4e6)));
    }
    for (let i = 0; i < 4; i++) spans.push(...(await bench.after(3e6)));
    const producer = spans.find(({ kind }) => kind === 4)!;
    const consumer = spans.find(({ service }) => service === 'billing')!;
    expect(consumer.links?.[1]).toEqual({
      traceId: producer.traceId,
      spanId: producer.spanId,
      attributes: { 'flowloom.link_reason': 'message_sent' },
    });
  });

  it('does not wait for a sender that nobody saw', async () => {
    const bench = new Bench({ settleUs: 5e6, parentWaitUs: 60e6 });
    bench.add(got);
    expect(await bench.after(6e6)).toEqual([]);
    expect(await bench.after(6e6)).toHaveLength(2);
  });

  it('is what the requests that the consumer makes of it hang below', async () => {
    const bench = new Bench();
    const work = request({
      req_tcp_seq: 3,
      observation_point: 'c-p',
      client_workload: 'billing',
      server_workload: 'db',
      parent_request_id: got.request_id,
    });
    bench.add(work, got, sent);
    const spans = await bench.flush();
    const consumer = spans.find(({ links }) => links?.length)!;
    const call = spans.find(({ attributes }) => attributes['flowloom.request_id'] === work.request_id)!;
    expect(call).toMatchObject({ traceId: consumer.traceId, parentSpanId: consumer.spanId });
  });
});
