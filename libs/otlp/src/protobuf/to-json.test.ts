import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsToJson } from '../json/metrics.ts';
import { tracesToJson } from '../json/traces.ts';
import { type ResourceMetrics, temporality } from '../model/metric.ts';
import { type ResourceSpans, spanKind } from '../model/span.ts';
import { encodeMetrics } from './metrics.ts';
import { exportMetricsServiceRequest, exportTraceServiceRequest } from './schema.ts';
import { readRequest } from './to-json.ts';
import { encodeTraces } from './traces.ts';

const resource = { attributes: { 'service.name': 'cart' }, schemaUrl: 'https://opentelemetry.io/schemas/1.45.0' };
const scope = { name: 'test', version: '1' };
const spans: ResourceSpans[] = [
  {
    resource,
    scope,
    spans: [
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        parentSpanId: '00f067aa0ba902b7',
        name: 'GET /carts/{id}',
        kind: spanKind.client,
        startUs: 1_795_239_110_374_805,
        endUs: 1_795_239_110_384_595,
        attributes: { text: 'ü', number: -7, fraction: 0.5, flag: true, list: ['a', 'b'] },
        links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: { 'flowloom.link': 'observed' } }],
        error: { message: 'no such cart' },
      },
    ],
  },
];
const point = { startUs: 1e15, timeUs: 1e15 + 60e6, attributes: { 'service.name': 'cart' } };
const metrics: ResourceMetrics[] = [
  {
    resource,
    scope,
    metrics: [
      {
        name: 'requests',
        unit: '{request}',
        data: {
          type: 'sum',
          temporality: temporality.delta,
          monotonic: true,
          numbers: 'int',
          points: [{ ...point, value: 42 }],
        },
      },
      {
        name: 'duration',
        data: {
          type: 'histogram',
          temporality: temporality.delta,
          points: [{ ...point, count: 3, sum: 0.25, bucketCounts: [1, 2], bounds: [0.1], min: 0.05, max: 0.15 }],
        },
      },
    ],
  },
];

describe('OTLP protobuf read as OTLP/JSON', () => {
  it('gives the same object for spans as the JSON encoder', () => {
    const wanted = JSON.parse(tracesToJson(spans));
    expect(readRequest(encodeTraces(spans), exportTraceServiceRequest)).toEqual(wanted);
  });

  it('gives the same object for metrics as the JSON encoder', () => {
    const wanted = JSON.parse(metricsToJson(metrics));
    expect(readRequest(encodeMetrics(metrics), exportMetricsServiceRequest)).toEqual(wanted);
  });

  it('says null, and never throws, where bytes are cut or foreign', () => {
    const whole = encodeTraces(spans);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readRequest(whole.subarray(0, length), exportTraceServiceRequest)).not.toThrow();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readRequest(bytes, exportTraceServiceRequest);
      }),
    );
  });
});
