import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../options.ts';
import { Exchange } from '../session/exchange.ts';
import { readSqlComments } from './sql-comments.ts';
import { readTraceHeader } from './trace-headers.ts';

function read(...headers: [string, string][]): [string, string, boolean, string] {
  const exchange = new Exchange('http', 0);
  for (const [name, value] of headers)
    readTraceHeader(exchange, name, value, { ...defaultOptions, traceHeaders: ['x-my-trace'] });
  return [exchange.trace_id, exchange.span_id, exchange.trace_sampled, exchange.x_request_id];
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('readTraceHeader', () => {
  it('reads traceparent (W3C Trace Context 3.2.2, its example)', () => {
    expect(read(['traceparent', `00-${TRACE}-${SPAN}-01`])).toEqual([TRACE, SPAN, true, '']);
    expect(read(['traceparent', `00-${'0'.repeat(32)}-${SPAN}-01`])[0]).toBe('');
    expect(read(['traceparent', `ff-${TRACE}-${SPAN}-01`])[0]).toBe('');
    expect(read(['traceparent', `01-${TRACE}-${SPAN}-00-more`])).toEqual([TRACE, SPAN, false, '']);
  });

  it('reads both forms of b3 (openzipkin/b3-propagation, its examples)', () => {
    expect(read(['b3', '80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90'])).toEqual([
      '80f198ee56343ba864fe8b2a57d3eff7',
      'e457b5a2e4d86bd1',
      true,
      '',
    ]);
    expect(
      read(['x-b3-spanid', 'e457b5a2e4d86bd1'], ['x-b3-traceid', '64fe8b2a57d3eff7'], ['x-b3-sampled', '1']),
    ).toEqual(['000000000000000064fe8b2a57d3eff7', 'e457b5a2e4d86bd1', true, '']);
  });

  it('reads uber-trace-id, whose leading zeros are left out', () => {
    expect(read(['uber-trace-id', '8448eb211c80319c:b7ad6b7169203331:0:1'])).toEqual([
      '00000000000000008448eb211c80319c',
      'b7ad6b7169203331',
      true,
      '',
    ]);
    expect(read(['uber-trace-id', '1%3A2%3A0%3A0'])).toEqual([`${'0'.repeat(31)}1`, `${'0'.repeat(15)}2`, false, '']);
  });

  it('reads sw8 (SkyWalking cross process propagation 3.0, its example)', () => {
    expect(read(['sw8', '1-TRACEID-SEGMENTID-3-U0VSVklDRQ==-SU5TVEFOQ0U=-RU5EUE9JTlQ=-aXA6cG9ydA=='])[0]).toBe('');
    const sw8 = `1-${btoa('1.234.111')}-${btoa('5.6.7')}-3-c2VydmljZQ==-aQ==-L2U=-YTo4MA==`;
    expect(read(['sw8', sw8])).toEqual(['1.234.111', '5.6.7-3', true, '']);
  });

  it('lets traceparent win over what came before, and otherwise the first', () => {
    expect(read(['b3', `${SPAN}-${SPAN}-1`], ['traceparent', `00-${TRACE}-${SPAN}-01`])[0]).toBe(TRACE);
    expect(read(['x-my-trace', 'mine'], ['b3', `${TRACE}-${SPAN}-1`])[0]).toBe('mine');
  });

  it('reads the request id', () => {
    expect(read(['x-request-id', 'abc'])[3]).toBe('abc');
  });
});

describe('readSqlComments', () => {
  it('reads sqlcommenter and plain pairs', () => {
    for (const comment of [
      `/*action='x',traceparent='00-${TRACE}-${SPAN}-01'*/`,
      `/* traceparent: 00-${TRACE}-${SPAN}-01 */`,
    ]) {
      const exchange = new Exchange('mysql', 0);
      readSqlComments(exchange, `SELECT 1 ${comment}`, defaultOptions);
      expect(exchange.trace_id).toBe(TRACE);
    }
  });
});
