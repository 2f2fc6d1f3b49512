/** How a field of a message is written in OTLP/JSON (opentelemetry.io/docs/specs/otlp, JSON Protobuf Encoding). */
export type FieldType =
  | 'string'
  | 'hex'
  | 'bool'
  | 'enum'
  /** 64-bit integers are decimal text in JSON. */
  | 'int64'
  | 'fixed64'
  | 'sfixed64'
  | 'fixed32'
  | 'double'
  | Message;

export interface MessageField {
  /** The field's name as JSON writes it, with quotes and colon. */
  readonly key: Uint8Array;
  readonly type: FieldType;
  readonly isRepeated: boolean;
}

/** The fields of a message by their numbers, which are below 31. */
export interface Message {
  readonly fields: readonly (MessageField | undefined)[];
}

function message(fields: Record<number, [name: string, type: FieldType]>): Message {
  const list: (MessageField | undefined)[] = [];
  for (const [number, [name, type]] of Object.entries(fields)) {
    const isRepeated = name.endsWith('[]');
    const key = Buffer.from(`${JSON.stringify(isRepeated ? name.slice(0, -2) : name)}:`);
    list[Number(number)] = { key, type, isRepeated };
  }
  return { fields: list };
}

// opentelemetry/proto/common/v1/common.proto
const values: (MessageField | undefined)[] = [];
const arrayValue: Message = { fields: values };
const anyValue = message({
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', arrayValue],
});
values[1] = message({ 1: ['values[]', anyValue] }).fields[1];
export const keyValue = message({ 1: ['key', 'string'], 2: ['value', anyValue] });
const scope = message({ 1: ['name', 'string'], 2: ['version', 'string'], 3: ['attributes[]', keyValue] });
const resource = message({ 1: ['attributes[]', keyValue] });

/** The shape that the three signals share, around their items. */
const request = (outer: string, inner: string, items: string, item: Message): Message =>
  message({
    1: [
      `${outer}[]`,
      message({
        1: ['resource', resource],
        2: [`${inner}[]`, message({ 1: ['scope', scope], 2: [`${items}[]`, item], 3: ['schemaUrl', 'string'] })],
        3: ['schemaUrl', 'string'],
      }),
    ],
  });

// opentelemetry/proto/trace/v1/trace.proto
const link = message({ 1: ['traceId', 'hex'], 2: ['spanId', 'hex'], 4: ['attributes[]', keyValue] });
const span = message({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  6: ['kind', 'enum'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes[]', keyValue],
  13: ['links[]', link],
  15: ['status', message({ 2: ['message', 'string'], 3: ['code', 'enum'] })],
  16: ['flags', 'fixed32'],
});

// opentelemetry/proto/metrics/v1/metrics.proto
const numberPoint = message({
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double'],
  6: ['asInt', 'sfixed64'],
  7: ['attributes[]', keyValue],
});
const histogramPoint = message({
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['bucketCounts[]', 'fixed64'],
  7: ['explicitBounds[]', 'double'],
  9: ['attributes[]', keyValue],
  11: ['min', 'double'],
  12: ['max', 'double'],
});
const temporality: [string, FieldType] = ['aggregationTemporality', 'enum'];
const metric = message({
  1: ['name', 'string'],
  2: ['description', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', message({ 1: ['dataPoints[]', numberPoint] })],
  7: ['sum', message({ 1: ['dataPoints[]', numberPoint], 2: temporality, 3: ['isMonotonic', 'bool'] })],
  9: ['histogram', message({ 1: ['dataPoints[]', histogramPoint], 2: temporality })],
});

/** Messages as far as Flowloom writes them; fields that are not here are passed over. */
export const exportTraceServiceRequest = request('resourceSpans', 'scopeSpans', 'spans', span);
export const exportMetricsServiceRequest = request('resourceMetrics', 'scopeMetrics', 'metrics', metric);
