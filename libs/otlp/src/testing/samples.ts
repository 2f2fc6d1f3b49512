import type { ResourceLogs } from '../model/log.ts';
import { type ResourceMetrics, temporality } from '../model/metric.ts';
import { type ResourceSpans, spanKind } from '../model/span.ts';

const resource = {
  attributes: { 'service.name': 'cart', 'k8s.pod.name': 'cart-0', 'host.cpus': 4, 'k8s.pod.labels': ['a', 'ü'] },
  schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
};
const scope = { name: 'flowloom.tracer', version: '0.1.0' };
const timeUs = 1_790_000_000_123_456;

export const sampleTraces: ResourceSpans[] = [
  {
    resource,
    scope,
    spans: [
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        parentSpanId: '00f067aa0ba902b7',
        name: 'GET /cart/{id}',
        kind: spanKind.client,
        startUs: timeUs,
        endUs: timeUs + 2_345,
        attributes: {
          'http.request.method': 'GET',
          'http.response.status_code': 503,
          'flowloom.clock_skew_us': -1234,
          'flowloom.link_confidence': 0.75,
          'network.tls': true,
          'url.full': `http://cart/${'é'.repeat(100)}`,
        },
        error: { message: 'upstream' },
        links: [{ traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'c7ad6b7169203331', attributes: { why: 'x' } }],
      },
    ],
  },
];

export const sampleMetrics: ResourceMetrics[] = [
  {
    resource,
    scope,
    metrics: [
      {
        name: 'flowloom.flow.bytes',
        unit: 'By',
        description: 'Bytes',
        data: {
          type: 'sum',
          numbers: 'int',
          monotonic: true,
          temporality: temporality.delta,
          points: [{ attributes: { direction: 'tx' }, startUs: timeUs - 60e6, timeUs, value: 2 ** 40 + 3 }],
        },
      },
      {
        name: 'flowloom.queue',
        unit: '1',
        description: '',
        data: { type: 'gauge', numbers: 'double', points: [{ attributes: {}, startUs: timeUs, timeUs, value: -0.5 }] },
      },
      {
        name: 'http.server.request.duration',
        unit: 's',
        description: '',
        data: {
          type: 'histogram',
          temporality: temporality.cumulative,
          points: [
            {
              attributes: { 'http.route': '/a' },
              startUs: timeUs - 60e6,
              timeUs,
              count: 3,
              sum: 1.5,
              min: 0.25,
              max: 1,
              bounds: [0.5, 0.75],
              bucketCounts: [2, 0, 1],
            },
          ],
        },
      },
    ],
  },
];

export const sampleLogs: ResourceLogs[] = [
  {
    resource,
    scope,
    records: [
      {
        timeUs,
        observedUs: timeUs + 5,
        severityNumber: 9,
        severityText: 'INFO',
        eventName: 'flowloom.flow',
        body: 'text',
        attributes: { 'source.port': 80 },
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      },
    ],
  },
];
