import {
  type ISerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { describe, expect, it } from 'vitest';
import { encodeLogs, encodeMetrics, encodeTraces, logsToJson, metricsToJson, tracesToJson } from './index.ts';
import { decodeOtlp } from './testing/decode.ts';
import { sampleLogs, sampleMetrics, sampleTraces } from './testing/samples.ts';
import { sdkLogs, sdkMetrics, sdkSpans } from './testing/sdk-objects.ts';

/** The same message as the serializers of OpenTelemetry's own SDK write it; they also write zeros, which mean nothing. */
function fromSdk(type: string, serializer: unknown, objects: unknown): unknown {
  const bytes = (serializer as ISerializer<unknown, unknown>).serializeRequest(objects)!;
  return JSON.parse(JSON.stringify(decodeOtlp(type, bytes)), (_, value) => (value === '' ? undefined : value));
}

describe('OTLP protobuf', () => {
  it('writes spans as the OpenTelemetry SDK writes them', () => {
    const type = 'ExportTraceServiceRequest';
    const expected = fromSdk(type, ProtobufTraceSerializer, sdkSpans(sampleTraces[0]));
    expect(decodeOtlp(type, encodeTraces(sampleTraces))).toEqual(expected);
  });

  it('writes sums, gauges and histograms as the OpenTelemetry SDK writes them', () => {
    const type = 'ExportMetricsServiceRequest';
    const expected = fromSdk(type, ProtobufMetricsSerializer, sdkMetrics(sampleMetrics[0]));
    expect(decodeOtlp(type, encodeMetrics(sampleMetrics))).toEqual(expected);
  });

  it('writes logs as the OpenTelemetry SDK writes them', () => {
    const type = 'ExportLogsServiceRequest';
    const expected = fromSdk(type, ProtobufLogsSerializer, sdkLogs(sampleLogs[0]));
    expect(decodeOtlp(type, encodeLogs(sampleLogs))).toEqual(expected);
  });

  it('writes several resources in one request and the same bytes when it is asked again', () => {
    const twice = encodeTraces([...sampleTraces, ...sampleTraces]);
    expect(decodeOtlp('ExportTraceServiceRequest', twice).resourceSpans).toHaveLength(2);
    expect(encodeTraces([...sampleTraces, ...sampleTraces])).toEqual(twice);
  });
});

describe('OTLP/JSON', () => {
  it('writes spans as the OpenTelemetry SDK writes them, but 64-bit attributes as text', () => {
    const sdk = new TextDecoder().decode(
      (JsonTraceSerializer as unknown as ISerializer<unknown, unknown>).serializeRequest(sdkSpans(sampleTraces[0]))!,
    );
    const expected = JSON.parse(sdk, (key, value) => {
      if (key === 'intValue') return String(value);
      if (key === 'resource') return { attributes: value.attributes };
      if (key === 'flags' || key.startsWith('dropped') || (Array.isArray(value) && value.length === 0))
        return undefined;
      return value;
    });
    expect(JSON.parse(tracesToJson(sampleTraces))).toEqual(expected);
  });

  it('follows the JSON mapping of the OTLP specification for metrics', () => {
    const [sum, gauge, histogram] = JSON.parse(metricsToJson(sampleMetrics)).resourceMetrics[0].scopeMetrics[0].metrics;
    expect(sum.sum).toMatchObject({ aggregationTemporality: 1, isMonotonic: true });
    expect(sum.sum.dataPoints[0]).toMatchObject({ asInt: '1099511627779', timeUnixNano: '1790000000123456000' });
    expect(gauge.gauge.dataPoints[0].asDouble).toBe(-0.5);
    expect(histogram.histogram.dataPoints[0]).toMatchObject({
      count: '3',
      bucketCounts: ['2', '0', '1'],
      explicitBounds: [0.5, 0.75],
    });
  });

  it('follows the JSON mapping of the OTLP specification for logs', () => {
    expect(JSON.parse(logsToJson(sampleLogs)).resourceLogs[0].scopeLogs[0].logRecords[0]).toEqual({
      timeUnixNano: '1790000000123456000',
      observedTimeUnixNano: '1790000000123461000',
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'flowloom.flow',
      body: { stringValue: 'text' },
      attributes: [{ key: 'source.port', value: { intValue: '80' } }],
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    });
  });
});
