import { JsonBytes } from './json-bytes.ts';
import { writePlainAttribute } from './plain-attribute.ts';
import {
  exportMetricsServiceRequest,
  exportTraceServiceRequest,
  type FieldType,
  keyValue,
  type Message,
  type MessageField,
} from './schema.ts';
import { LENGTH, WireReader } from './wire-reader.ts';

const MAX_DEPTH = 32;
/** What keeps more than this is made anew for the next request. */
const MAX_KEPT_BYTES = 16 * 2 ** 20;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;

const requests = { traces: exportTraceServiceRequest, metrics: exportMetricsServiceRequest } as const;
type Requests = keyof typeof requests;

const reader = new WireReader();
let json = new JsonBytes();

/**
 * The value of a record on `otlp_spans` or `otlp_metrics` in the Collector's file format: OTLP/JSON, where ids are
 * lower-case hex, enums numbers and 64-bit integers decimal text. Null where the bytes break off or contradict themselves.
 */
export function requestToJson(signal: Requests, bytes: Uint8Array): string | null {
  return transcode(signal, bytes) ? json.toString() : null;
}

/** The same as the UTF-8 of a line, with its line feed: valid until the next call. */
export function requestToJsonLine(signal: Requests, bytes: Uint8Array): Uint8Array | null {
  if (!transcode(signal, bytes)) return null;
  json.byte(LINE_FEED);
  return json.written;
}

/** From bytes to bytes: no object and no text between them. */
function transcode(signal: Requests, bytes: Uint8Array): boolean {
  if (json.written.length > MAX_KEPT_BYTES) json = new JsonBytes();
  json.reset();
  reader.open(bytes);
  try {
    writeMessage(requests[signal], 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A message that ends at `reader.end`. */
function writeMessage({ fields }: Message, depth: number): void {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deeply');
  json.byte(BRACE);
  let seen = 0;
  while (reader.at < reader.end) {
    const tag = reader.varint();
    const wire = tag % 8;
    const number = (tag - wire) / 8;
    const field = fields[number];
    const bit = 1 << number;
    if (field === undefined || (field.isRepeated && (seen & bit) !== 0)) {
      reader.skip(wire);
      continue;
    }
    if ((seen & bit) !== 0) throw new RangeError('two values of one field');
    seen |= bit;
    json.raw(field.key);
    if (field.isRepeated) writeList(field, tag, depth);
    else writeValue(field.type, depth);
    json.byte(COMMA);
  }
  json.close(BRACE_END);
}

/** All values of a repeated field, also where others stand between them: those are left for later. */
function writeList({ type }: MessageField, tag: number, depth: number): void {
  json.byte(BRACKET);
  writeElements(type, tag % 8, depth);
  let next = reader.at;
  let isApart = false;
  while (reader.at < reader.end) {
    const other = reader.varint();
    if (other === tag) {
      writeElements(type, tag % 8, depth);
      if (!isApart) next = reader.at;
    } else {
      isApart = true;
      reader.skip(other % 8);
    }
  }
  reader.at = next;
  json.close(BRACKET_END);
}

/** One value, or all of a packed field. */
function writeElements(type: FieldType, wire: number, depth: number): void {
  if (wire !== LENGTH || (type !== 'fixed64' && type !== 'double')) {
    writeValue(type, depth);
    json.byte(COMMA);
    return;
  }
  const length = reader.varint();
  const end = reader.take(length) + length;
  for (reader.at = end - length; reader.at < end; json.byte(COMMA)) writeValue(type, depth);
}

function writeValue(type: FieldType, depth: number): void {
  switch (type) {
    case 'string':
    case 'hex': {
      const length = reader.varint();
      const start = reader.take(length);
      if (type === 'hex') json.hex(reader.bytes, start, start + length);
      else json.string(reader.bytes, start, start + length);
      break;
    }
    case 'bool':
      json.ascii(reader.varint() !== 0 ? 'true' : 'false');
      break;
    case 'enum':
      json.integer(reader.varint());
      break;
    case 'int64':
      writeInt64();
      break;
    case 'fixed64': {
      const at = reader.take(8);
      json.uint64(reader.view.getUint32(at + 4, true), reader.view.getUint32(at, true));
      break;
    }
    case 'sfixed64':
      json.ascii(`"${reader.view.getBigInt64(reader.take(8), true)}"`);
      break;
    case 'fixed32':
      json.integer(reader.view.getUint32(reader.take(4), true));
      break;
    case 'double':
      writeDouble(reader.view.getFloat64(reader.take(8), true));
      break;
    default:
      writeNested(type, depth);
  }
}

function writeNested(message: Message, depth: number): void {
  const { end } = reader;
  const length = reader.varint();
  const start = reader.take(length);
  if (message === keyValue && writePlainAttribute(json, reader.bytes, start, start + length)) return;
  reader.at = start;
  reader.end = start + length;
  writeMessage(message, depth + 1);
  reader.end = end;
}

function writeInt64(): void {
  const start = reader.at;
  const value = reader.varint();
  json.byte(QUOTE);
  if (value <= Number.MAX_SAFE_INTEGER) json.integer(value);
  else json.ascii(String(reader.exactVarint(start)));
  json.byte(QUOTE);
}

/** Proto3's JSON mapping writes what JSON numbers cannot say as text. */
function writeDouble(value: number): void {
  json.ascii(Number.isFinite(value) ? String(value) : `"${value}"`);
}
