import { describe, expect, it } from 'vitest';
import { Bench, outline, type Row, request, T0 } from '../testing/scenario.ts';

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const notSampled = (span_id: string): Row => ({ trace_id, span_id, trace_sampled: false });

const incoming = (more: Row = {}) =>
  request({
    req_tcp_seq: 1,
    ...notSampled('b7ad6b7169203331'),
    server_ip: '10.0.0.2',
    client_workload: 'web',
    server_workload: 'cart',
    end_us: T0 + 9_000,
    ...more,
  });
const outgoing = (more: Row = {}) =>
  request({
    req_tcp_seq: 2,
    ...notSampled('c7ad6b7169203332'),
    client_ip: '10.0.0.2',
    server_ip: '10.0.0.3',
    client_workload: 'cart',
    server_workload: 'db',
    start_us: T0 + 100,
    ...more,
  });

/** W3C Trace Context 3.2.2.5: flags 00, the caller may not have recorded the trace. */
describe('a trace header that is not sampled', () => {
  it('gives the trace, but no parent: nobody exports the span that it names', async () => {
    const bench = new Bench();
    bench.add(incoming());
    const spans = await bench.flush();
    expect(spans.map(({ traceId }) => traceId)).toEqual([trace_id, trace_id]);
    expect(spans[0].parentSpanId).toBe('');
    expect(spans[0].attributes['flowloom.trace_sampled']).toBe(false);
    expect(spans.map(({ flags }) => flags)).toEqual([undefined, undefined]);
  });

  it('leaves its flag on the spans where it is sampled', async () => {
    const bench = new Bench();
    bench.add(incoming({ trace_sampled: true }));
    const spans = await bench.flush();
    expect(spans.map(({ flags }) => flags)).toEqual([1, 1]);
    expect(spans[0].parentSpanId).toBe('b7ad6b7169203331');
    expect(spans[0].attributes).not.toHaveProperty('flowloom.trace_sampled');
  });

  it('nests what a host sends below the only request of the same trace that it had open', async () => {
    const bench = new Bench({ inferParents: false });
    bench.add(outgoing(), incoming());
    const spans = await bench.flush();
    expect(outline(spans)).toEqual([
      'web CLIENT rest',
      '  cart SERVER rest',
      '    cart CLIENT rest',
      '      db SERVER rest',
    ]);
    expect(spans[2].attributes).toMatchObject({ 'flowloom.link': 'header', 'flowloom.link_rule': 'same_trace' });
  });

  it('nests nothing where the host had two requests of that trace open', async () => {
    const bench = new Bench({ inferParents: false });
    bench.add(outgoing(), incoming(), incoming({ req_tcp_seq: 3, span_id: 'd7ad6b7169203333' }));
    expect((await bench.flush()).filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(3);
  });

  it('lets what the capturer saw decide', async () => {
    const bench = new Bench();
    bench.add(
      incoming({ request_id: '00000000000000aa' }),
      outgoing({ parent_request_id: '00000000000000aa', link: 'observed', link_rule: 'thread' }),
    );
    const spans = await bench.flush();
    expect(spans[2].attributes['flowloom.link_rule']).toBe('thread');
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace_id]));
  });

  it('is not linked to by who receives a message that carries it', async () => {
    const bench = new Bench();
    bench.add(request({ protocol: 'kafka', request_type: 'Fetch', ...notSampled('b7ad6b7169203331') }));
    expect((await bench.flush()).flatMap(({ links = [] }) => links)).toEqual([]);
  });
});
