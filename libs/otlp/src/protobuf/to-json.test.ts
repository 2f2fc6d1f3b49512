import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsToJson } from '../json/metrics.ts';
import { tracesToJson } from '../json/traces.ts';
import { type ResourceMetrics, temporality } from '../model/metric.ts';
import { type ResourceSpans, spanKind } from '../model/span.ts';
import { encodeMetrics } from './metrics.ts';
import { SpanWriter } from './span-writer.ts';
import { requestToJson, requestToJsonLine } from './to-json.ts';
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
    expect(JSON.parse(requestToJson('traces', encodeTraces(spans))!)).toEqual(wanted);
    expect(Buffer.from(requestToJsonLine('traces', encodeTraces(spans))!).toString()).toBe(
      `${requestToJson('traces', encodeTraces(spans))}\n`,
    );
  });

  it('gives the same object for metrics as the JSON encoder', () => {
    const wanted = JSON.parse(metricsToJson(metrics));
    expect(JSON.parse(requestToJson('metrics', encodeMetrics(metrics))!)).toEqual(wanted);
  });

  it('says null, and never throws, where bytes are cut or foreign', () => {
    const whole = encodeTraces(spans);
    for (let length = 0; length < whole.length; length++) {
      const text = requestToJson('traces', whole.subarray(0, length));
      if (text !== null) expect(() => JSON.parse(text), text).not.toThrow();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = requestToJson('traces', bytes);
        if (text !== null) JSON.parse(text);
      }),
    );
  });

  it('says null where one field has two values', () => {
    const scopeName = [0x0a, 1, 0x61];
    const scope = [0x0a, 2 * scopeName.length, ...scopeName, ...scopeName];
    const request = [0x0a, scope.length + 2, 0x12, scope.length, ...scope];
    expect(requestToJson('traces', Uint8Array.from(request))).toBeNull();
  });

  it('puts what is repeated into one list, also where something else stands between', () => {
    const writer = new SpanWriter(scope);
    writer.begin('a'.repeat(32), { high: 1, low: -1 });
    writer.attribute('one', 1);
    writer.link('b'.repeat(32), 'c'.repeat(16));
    writer.attribute('two', 2);
    writer.link('d'.repeat(32), 'e'.repeat(16));
    const span = writer.end('name', spanKind.client, 1, 2, undefined, resource);
    const [{ request }] = writer.join([span]);
    const [read] = JSON.parse(requestToJson('traces', request)!).resourceSpans[0].scopeSpans[0].spans;
    expect(read.spanId).toBe('00000001ffffffff');
    expect(read.attributes.map(({ key }: { key: string }) => key)).toEqual(['one', 'two']);
    expect(read.links.map(({ spanId }: { spanId: string }) => spanId)).toEqual(['c'.repeat(16), 'e'.repeat(16)]);
  });

  it('writes every text as JSON does', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\n', '\u0000', '\u007f', 'ü'),
    );
    fc.assert(
      fc.property(text, (name) => {
        const traces = [{ resource, scope, spans: [{ ...spans[0].spans[0], name }] }];
        expect(JSON.parse(requestToJson('traces', encodeTraces(traces))!)).toEqual(JSON.parse(tracesToJson(traces)));
      }),
    );
  });

  it('writes every attribute as it is, short or long, plain or not', () => {
    const edges = [0, 1, 100, 126, 127, 128, 129, 300].map((length) => 'x'.repeat(length));
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...edges, '"', '\\', '\n', '\u007f', 'ü'));
    const number = fc.oneof(fc.constantFrom(0, 127, 128, 2 ** 42 - 1, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1, -1), fc.nat());
    const value = fc.oneof(text, number, fc.boolean(), fc.array(text, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(text, value, { minKeys: 1, noNullPrototype: true }), (attributes) => {
        const traces = [{ resource: { attributes }, scope, spans: [{ ...spans[0].spans[0], attributes }] }];
        expect(JSON.parse(requestToJson('traces', encodeTraces(traces))!)).toEqual(JSON.parse(tracesToJson(traces)));
      }),
    );
  });

  it('writes what lies as an attribute but is none as the reader of messages does', () => {
    const attribute = (...bytes: number[]) => {
      const resource = [0x0a, bytes.length, ...bytes];
      const group = [0x0a, resource.length, ...resource];
      const json = requestToJson('traces', Uint8Array.from([0x0a, group.length, ...group]));
      return json && JSON.parse(json).resourceSpans[0].resource.attributes[0];
    };
    const key = [0x0a, 1, 0x61];
    expect(attribute(...key, 0x12, 3, 0x0a, 1, 0x62)).toEqual({ key: 'a', value: { stringValue: 'b' } });
    expect(attribute(...key, 0x12, 2, 0x18, 5)).toEqual({ key: 'a', value: { intValue: '5' } });
    // A varint in more bytes than it needs, one that breaks off, a text that is longer or shorter than it says.
    expect(attribute(...key, 0x12, 4, 0x18, 0x85, 0x80, 0)).toEqual({ key: 'a', value: { intValue: '5' } });
    expect(attribute(...key, 0x12, 2, 0x18, 0x85)).toBeNull();
    expect(attribute(...key, 0x12, 3, 0x0a, 2, 0x62)).toBeNull();
    expect(attribute(...key, 0x12, 4, 0x0a, 1, 0x62, 0x18)).toBeNull();
    expect(attribute(...key, 0x12, 5, 0x0a, 1, 0x62, 0x18, 5)).toEqual({
      key: 'a',
      value: { stringValue: 'b', intValue: '5' },
    });
    expect(attribute(0x0a, 9, 0x61)).toBeNull();
    expect(attribute(...key)).toEqual({ key: 'a' });
  });

  it('writes every whole number and time as it is', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeNat(), (number, startUs) => {
        const span = { ...spans[0].spans[0], startUs, attributes: { number } };
        const request = encodeTraces([{ resource, scope, spans: [span] }]);
        const [read] = JSON.parse(requestToJson('traces', request)!).resourceSpans[0].scopeSpans[0].spans;
        expect(read.attributes).toEqual([{ key: 'number', value: { intValue: String(number) } }]);
        expect(read.startTimeUnixNano).toBe(String(BigInt.asUintN(64, BigInt(startUs) * 1000n)));
      }),
    );
  });
});
