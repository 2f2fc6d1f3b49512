import { describe, expect, it } from 'vitest';
import { Bench, type Row, request, type SeenSpan, T0 } from '../testing/scenario.ts';

const cart = '10.0.0.2';
const parent = request({
  req_tcp_seq: 1,
  request_id: '00000000000000aa',
  observation_point: 's-p',
  end_us: T0 + 900_000,
});
const failed = { response_code: '503', response_status: 'server_error' };

/** The n-th try of one request by the parent; each takes 1 ms, 10 ms apart. */
function attempt(n: number, more: Row = {}): Row {
  return request({
    req_tcp_seq: 100 + n,
    client_ip: cart,
    server_ip: '10.0.0.3',
    observation_point: 'c-p',
    request_domain: 'stock',
    request_resource: '/items/7',
    request_bytes: 120,
    start_us: T0 + 10_000 * n,
    end_us: T0 + 10_000 * n + 1_000,
    parent_request_id: '00000000000000aa',
    link: 'observed',
    link_rule: 'thread',
    ...more,
  });
}

/** What the client spans of the tries say, in order. */
function counts(spans: readonly SeenSpan[]): (number | undefined)[] {
  return spans
    .filter(({ kind, attributes }) => kind === 3 && attributes['server.address'] === 'stock')
    .sort((a, b) => a.startUs - b.startUs)
    .map(({ attributes }) => attributes['http.request.resend_count'] as number | undefined);
}

async function countsOf(...rows: Row[]): Promise<(number | undefined)[]> {
  const bench = new Bench();
  bench.add(parent, ...rows);
  return counts(await bench.flush());
}

describe('a request that is sent again after it failed', () => {
  it('says how often it had been sent before, until it was answered', async () => {
    const tries = [attempt(1, failed), attempt(2, failed), attempt(3), attempt(4)];
    expect(await countsOf(...tries.toReversed())).toEqual([undefined, 1, 2, undefined]);
  });

  it('counts what had no answer, and what timed out', async () => {
    const none = { has_response: false, response_code: '', response_status: 'unknown' };
    const late = { has_response: false, response_code: '', response_status: 'timeout' };
    expect(await countsOf(attempt(1, none), attempt(2, late), attempt(3))).toEqual([undefined, 1, 2]);
  });

  it('is counted also where the tries settle one after the other, in two tracers', async () => {
    const one = new Bench();
    one.add(parent, attempt(1, failed));
    const first = await one.after(6e6);
    const two = new Bench({}, one.store);
    two.nowUs = one.nowUs;
    two.add(attempt(2));
    expect(counts([...first, ...(await two.flush())])).toEqual([undefined, 1]);
  });

  it("is counted below one span of the application's own", async () => {
    const header = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_sampled: true };
    const own = { ...header, parent_request_id: '' };
    expect(await countsOf(attempt(1, { ...failed, ...own }), attempt(2, own))).toEqual([undefined, 1]);
  });

  it.each<[string, Row, Row]>([
    ['the first was answered', {}, {}],
    ['the server said that the request is wrong', { response_code: '404', response_status: 'client_error' }, {}],
    ['another thing is asked for', failed, { request_resource: '/items/8' }],
    ['the request is of another size', failed, { request_bytes: 121 }],
    ['another parent asks', failed, { parent_request_id: '00000000000000ab' }],
    ['the parent is not known', { ...failed, parent_request_id: '' }, { parent_request_id: '' }],
    ['the parent is only inferred', { ...failed, link: 'inferred' }, { link: 'inferred' }],
    ['it begins before the first has failed', failed, { start_us: T0 + 10_500 }],
    ['a minute has gone by', failed, { start_us: T0 + 80e6, end_us: T0 + 80e6 + 1_000 }],
  ])('is none where %s', async (_, first, second) => {
    expect(await countsOf(attempt(1, first), attempt(2, second))).toEqual([undefined, undefined]);
  });
});
