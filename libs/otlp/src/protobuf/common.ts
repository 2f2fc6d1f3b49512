import type { Attributes, AttributeValue, Resource, Scope } from '../model/resource.ts';
import { ProtobufWriter } from './writer.ts';

/** opentelemetry/proto/common/v1/common.proto: KeyValue { key = 1, value = 2 }. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    const pair = writer.begin(field, 64);
    writer.string(1, key);
    writeAnyValue(writer, 2, attributes[key]);
    writer.end(pair);
  }
}

/** AnyValue { string_value = 1, bool_value = 2, int_value = 3, double_value = 4, array_value = 5 { values = 1 } }. */
export function writeAnyValue(writer: ProtobufWriter, field: number, value: AttributeValue): void {
  const any = writer.begin(field, typeof value === 'object' ? 128 : 1);
  if (typeof value === 'string') writer.string(1, value);
  else if (typeof value === 'boolean') writer.varint(2, value ? 1 : 0);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) writer.varint(3, value);
    else writer.double(4, value);
  } else {
    const array = writer.begin(5, 128);
    for (const element of value) writeAnyValue(writer, 1, element);
    writer.end(array);
  }
  writer.end(any);
}

const apart = new ProtobufWriter();
const resources = new WeakMap<Resource, Uint8Array>();
const scopes = new WeakMap<Scope, Uint8Array>();

/** Field 1 of ResourceSpans, ResourceMetrics and ResourceLogs: Resource { attributes = 1 }. */
function encodedResource(resource: Resource): Uint8Array {
  let encoded = resources.get(resource);
  if (encoded === undefined) {
    const message = apart.begin(1, 256);
    writeAttributes(apart, 1, resource.attributes);
    apart.end(message);
    resources.set(resource, (encoded = apart.take()));
  }
  return encoded;
}

/** Field 1 of ScopeSpans, ScopeMetrics and ScopeLogs: InstrumentationScope { name = 1, version = 2, attributes = 3 }. */
function encodedScope(scope: Scope): Uint8Array {
  let encoded = scopes.get(scope);
  if (encoded === undefined) {
    const message = apart.begin(1, 64);
    apart.string(1, scope.name);
    if (scope.version) apart.string(2, scope.version);
    if (scope.attributes) writeAttributes(apart, 3, scope.attributes);
    apart.end(message);
    scopes.set(scope, (encoded = apart.take()));
  }
  return encoded;
}

/** Most tags and lengths of a group that `encodeRequest` writes. */
const GROUP_HEADER_BYTES = 32;

/** What a group adds to its items, at most. */
export function groupBytes(resource: Resource, scope: Scope): number {
  const schemaUrl = resource.schemaUrl?.length ?? 0;
  return encodedResource(resource).length + encodedScope(scope).length + 2 * schemaUrl + GROUP_HEADER_BYTES;
}

/**
 * The shape that all three signals share: Export...ServiceRequest { repeated Resource... = 1 }, Resource... { resource =
 * 1, scope... = 2, schema_url = 3 }, Scope... { scope = 1, items = 2, schema_url = 3 }.
 */
export function encodeRequest<T extends { readonly resource: Resource; readonly scope: Scope }>(
  writer: ProtobufWriter,
  groups: readonly T[],
  writeItems: (writer: ProtobufWriter, group: T) => void,
): Uint8Array<ArrayBuffer> {
  writer.reset();
  for (const group of groups) writeGroup(writer, group.resource, group.scope, () => writeItems(writer, group));
  return writer.take();
}

/** What one resource has in a request; `writeItems` writes its spans, metrics or logs. */
export function writeGroup(writer: ProtobufWriter, resource: Resource, scope: Scope, writeItems: () => void): void {
  const outer = writer.begin(1, 4096);
  writer.raw(encodedResource(resource));
  const inner = writer.begin(2, 4096);
  writer.raw(encodedScope(scope));
  writeItems();
  if (resource.schemaUrl) writer.string(3, resource.schemaUrl);
  writer.end(inner);
  if (resource.schemaUrl) writer.string(3, resource.schemaUrl);
  writer.end(outer);
}
