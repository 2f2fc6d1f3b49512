import type { Attributes, AttributeValue, Resource, Scope } from '../model/resource.ts';

/**
 * OTLP/JSON (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"): lowerCamelCase names, ids as lower-case hex,
 * enums as numbers, 64-bit integers as decimal strings.
 */
export function jsonAttributes(attributes: Attributes): object[] {
  const pairs: object[] = [];
  for (const key in attributes) pairs.push({ key, value: jsonAnyValue(attributes[key]) });
  return pairs;
}

export function jsonAnyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: jsonDouble(value) };
  }
  return { arrayValue: { values: value.map(jsonAnyValue) } };
}

/** Proto3's JSON mapping writes what JSON numbers cannot say as text. */
export function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Microseconds as nanoseconds. */
export function jsonNanos(microseconds: number): string {
  const whole = Math.round(microseconds);
  return whole === 0 ? '0' : `${whole}000`;
}

/** The shape that all three signals share; `scopeKey` is scopeSpans, scopeMetrics or scopeLogs. */
export function jsonGroup(
  group: { readonly resource: Resource; readonly scope: Scope },
  scopeKey: string,
  items: object,
): object {
  const { resource, scope } = group;
  const schema = resource.schemaUrl ? { schemaUrl: resource.schemaUrl } : {};
  return {
    resource: { attributes: jsonAttributes(resource.attributes) },
    [scopeKey]: [
      {
        scope: {
          name: scope.name,
          ...(scope.version && { version: scope.version }),
          ...(scope.attributes && { attributes: jsonAttributes(scope.attributes) }),
        },
        ...items,
        ...schema,
      },
    ],
    ...schema,
  };
}
