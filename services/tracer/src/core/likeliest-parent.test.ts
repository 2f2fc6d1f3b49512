import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, type SeenSpan, T0 } from '../testing/scenario.ts';

const cart = '10.0.0.2';
let sequence = 0;

/** A request to the cart that takes 20 ms. */
const page = (atUs: number, more: Row = {}): Row =>
  request({ req_tcp_seq: ++sequence, server_ip: cart, start_us: T0 + atUs, end_us: T0 + atUs + 20_000, ...more });

/** A call of the cart that takes 3 ms. */
const call = (atUs: number, more: Row = {}): Row =>
  request({
    req_tcp_seq: ++sequence,
    client_ip: cart,
    server_ip: '10.0.0.3',
    start_us: T0 + atUs,
    end_us: T0 + atUs + 3_000,
    ...more,
  });

/** The cart calls 2 ms after it was asked: forty examples that nothing else overlaps. */
function examples(): Row[] {
  return Array.from({ length: 40 }, (_, i) => [page(i * 100_000), call(i * 100_000 + 2_000 + 10 * i)]).flat();
}

/** Request ids of the parents of these calls, by order; '' for roots. */
function parentsOf(spans: readonly SeenSpan[], calls: readonly Row[]): string[] {
  const owner = new Map(spans.map((span) => [span.spanId, String(span.attributes['flowloom.request_id'])]));
  return calls.map(({ request_id }) => {
    const client = spans.find(({ kind, attributes }) => kind === 3 && attributes['flowloom.request_id'] === request_id);
    return owner.get(client!.parentSpanId ?? '') ?? '';
  });
}

describe('a call that several open requests may have caused', () => {
  const at = 10e6;

  async function parents(pages: Row[], calls: Row[], learnt = examples()): Promise<string[]> {
    const bench = new Bench();
    bench.add(...learnt, ...pages, ...calls);
    return parentsOf(await bench.flush(), calls);
  }

  it('goes below the one that makes such a call just then, and says so', async () => {
    const bench = new Bench();
    const pages = [page(at), page(at + 10_000)];
    const calls = [call(at + 2_000), call(at + 12_100)];
    bench.add(...examples(), ...pages, ...calls);
    const spans = await bench.flush();
    expect(parentsOf(spans, calls)).toEqual(pages.map(({ request_id }) => request_id));
    const likeliest = spans.filter(({ attributes }) => attributes['flowloom.link_rule'] === 'likeliest_open_request');
    expect(likeliest.map(({ attributes }) => attributes['flowloom.link'])).toEqual(['inferred']);
  });

  it('is a root where nothing was learnt', async () => {
    expect(await parents([page(at), page(at + 10_000)], [call(at + 12_100)], [])).toEqual(['']);
  });

  it('is a root where two are about as likely', async () => {
    expect(await parents([page(at), page(at + 100)], [call(at + 2_100)])).toEqual(['']);
  });

  it('is a root where it comes at a time at which none makes it', async () => {
    const pages = [page(at), page(at + 100)];
    expect(await parents(pages, [call(at + 16_000)])).toEqual(['']);
  });

  it('is a root where a request that another capturer saw was open too', async () => {
    const pages = [page(at), page(at + 10_000, { agent: 'node-2' })];
    expect(await parents(pages, [call(at + 12_100)])).toEqual(['']);
  });

  it('does not go below one that has made its only call', async () => {
    const pages = [page(at), page(at + 1_500)];
    const late = call(at + 3_000);
    expect(await parents(pages, [late])).toEqual(['']);
    expect(await parents(pages, [call(at + 200), late])).toEqual(pages.map(({ request_id }) => request_id));
  });

  it('gets the same parent in whatever order the requests arrive', async () => {
    const pages = [page(at), page(at + 10_000), page(at + 11_000)];
    const calls = [call(at + 2_000), call(at + 12_100), call(at + 13_100)];
    const wanted = await parents(pages, calls);
    const bench = new Bench();
    bench.add(...[...examples(), ...pages, ...calls].reverse());
    expect(parentsOf(await bench.flush(), calls)).toEqual(wanted);
  });
});
