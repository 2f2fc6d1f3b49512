import { requestRow } from '@flowloom/otlp/testing';
import { describe, expect, it } from 'vitest';
import { headerContext } from './header-context.ts';

const of = (trace_id: string, span_id: string) => headerContext(requestRow({ trace_id, span_id }));

describe('the trace that a header names', () => {
  it('is taken as it is where it is an OpenTelemetry id', () => {
    expect(of('0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331')).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      isSampled: false,
      original: '',
    });
  });

  it('is padded to 128 bits where the application has shorter ids (b3, Jaeger)', () => {
    expect(of('48485A3953BB6124', '5b4185666d50f68b')?.traceId).toBe('000000000000000048485a3953bb6124');
    expect(of('abc', '1')).toMatchObject({ traceId: 'abc'.padStart(32, '0'), spanId: '0000000000000001' });
  });

  // Expected values: tests of the OpenTelemetry Collector's SkyWalking translator.
  it.each([
    ['4f2f27748b8e44ecaf18fe0347194e86.33.16560607369950066-123', [233, 196, 85, 168, 37, 66, 48, 106]],
    ['4f2f27748b8e44ecaf18fe0347194e86-123', [155, 55, 217, 119, 204, 151, 10, 106]],
    ['16560607369950066-12', []],
  ])('has the span that the Collector makes of the SkyWalking segment %s', (segment, expected) => {
    const context = of('de5980b8-fce3-4a37-aab9-b4ac3af7eedd', segment);
    expect(context?.traceId).toBe('de5980b8fce34a37aab9b4ac3af7eedd');
    expect(context?.spanId).toBe(Buffer.from(expected).toString('hex'));
    expect(context?.original).toBe('de5980b8-fce3-4a37-aab9-b4ac3af7eedd');
  });

  it('differs for two SkyWalking traces of one thread', () => {
    const one = of('de5980b8fce34a37aab9b4ac3af7eedd.133.16563474296430001', '');
    const two = of('de5980b8fce34a37aab9b4ac3af7eedd.133.16534574123430001', '');
    expect(one?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(one?.traceId).not.toBe(two?.traceId);
  });

  it('is made from any other text, always the same', () => {
    expect(of('order-77/ü', '')).toEqual({
      traceId: of('order-77/ü', '')?.traceId,
      spanId: '',
      isSampled: undefined,
      original: 'order-77/ü',
    });
    expect(of('order-77', '')?.traceId).not.toBe(of('order-78', '')?.traceId);
  });

  it('is none without a header, and no span is none that is all zero', () => {
    expect(of('', '')).toBeUndefined();
    expect(of('0af7651916cd43dd8448eb211c80319c', '0000000000000000')?.spanId).toBe('');
  });
});
