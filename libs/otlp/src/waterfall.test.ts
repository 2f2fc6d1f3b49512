import { describe, expect, it } from 'vitest';
import { type ResourceSpans, type Span, type SpanKind, spanKind } from './model/span.ts';
import { formatDuration, formatTrace } from './waterfall.ts';

const span = (spanId: string, parentSpanId: string, startUs: number, endUs: number, kind: SpanKind): Span => ({
  traceId: 'a'.repeat(32),
  spanId,
  parentSpanId,
  name: 'GET /',
  kind,
  startUs,
  endUs,
  attributes: { 'flowloom.observation_point': 'c' },
});
const of = (service: string, ...spans: Span[]): ResourceSpans => ({
  resource: { attributes: { 'service.name': service } },
  scope: { name: 'test' },
  spans,
});

const trace = [
  of('cart', span('2', '1', 500, 1_000, spanKind.server), span('4', '3', 800, 900, spanKind.internal)),
  of('web', span('1', 'header', 0, 2_000, spanKind.client), span('3', '2', 700, 900, spanKind.client)),
];

describe('the waterfall', () => {
  it('shows spans below their parents with bars to scale', () => {
    expect(
      formatTrace(trace, { width: 67 })
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      `trace ${'a'.repeat(32)}  4 spans  2.00 ms`,
      'web  GET /  (client c)          ████████████████████████   2.00 ms',
      '  cart  GET /  (server c)             ██████                500 µs',
      '    web  GET /  (client c)              ███                 200 µs',
      '      cart  GET /  (internal c)          ██                 100 µs',
    ]);
  });

  it('leaves spans of the network out on demand, with their children one step up', () => {
    expect(formatTrace(trace, { network: false })).not.toContain('internal');
  });

  it('lets no control character out of a name', () => {
    const evil = { ...span('1', '', 0, 1, spanKind.client), name: 'GET \x1b[2J\n' };
    const lines = formatTrace([of('web\x07', evil)]).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('ends where spans are parents of each other', () => {
    const ring = [of('a', span('1', '2', 0, 1, spanKind.client), span('2', '1', 0, 1, spanKind.client))];
    expect(formatTrace(ring)).toBe('');
  });

  it('writes durations in the unit that fits', () => {
    expect([12, 12_345, 4_560_000].map(formatDuration)).toEqual(['12 µs', '12.3 ms', '4.56 s']);
  });
});
