import { exportMetricsServiceRequest, exportTraceServiceRequest, type FieldType, type Message } from './schema.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;
const MAX_DEPTH = 32;

type Json = Record<string, unknown>;
/** Buffer's own readers of text, without a Buffer for each. */
type Slice = (this: Uint8Array, start: number, end: number) => string;
const { utf8Slice, hexSlice } = Buffer.prototype as unknown as Record<'utf8Slice' | 'hexSlice', Slice>;

const requests = { traces: exportTraceServiceRequest, metrics: exportMetricsServiceRequest } as const;

/** The value of a record on `otlp_spans` or `otlp_metrics` as a line of the Collector's file format; null if it is none. */
export function requestToJson(signal: keyof typeof requests, bytes: Uint8Array): string | null {
  const request = readRequest(bytes, requests[signal]);
  return request && JSON.stringify(request);
}

/**
 * Reads the protobuf bytes of an OTLP request as the object that OTLP/JSON writes: ids lower-case hex, enums numbers,
 * 64-bit integers decimal text. Null where the bytes break off or contradict themselves.
 */
export function readRequest(bytes: Uint8Array, message: Message): Json | null {
  const reader = new Reader(bytes);
  try {
    return readMessage(reader, bytes.length, message, 0);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readMessage(reader: Reader, end: number, message: Message, depth: number): Json {
  if (depth > MAX_DEPTH || end > reader.bytes.length) throw new RangeError('nested too deeply, or cut');
  const object: Json = {};
  while (reader.at < end) {
    const tag = reader.varint();
    const wire = tag % 8;
    const field = message.get(Math.floor(tag / 8));
    if (!field) {
      reader.skip(wire);
      continue;
    }
    if (!field.repeated) object[field.name] = readValue(reader, field.type, depth);
    else {
      const list = (object[field.name] ??= []) as unknown[];
      const isPacked = wire === LENGTH && (field.type === 'fixed64' || field.type === 'double');
      if (!isPacked) list.push(readValue(reader, field.type, depth));
      else for (const stop = reader.length(); reader.at < stop; ) list.push(readValue(reader, field.type, depth));
    }
  }
  return object;
}

function readValue(reader: Reader, type: FieldType, depth: number): unknown {
  switch (type) {
    case 'string':
      return reader.text(utf8Slice);
    case 'hex':
      return reader.text(hexSlice);
    case 'bool':
      return reader.varint() !== 0;
    case 'enum':
      return reader.varint();
    case 'int64':
      return reader.signedVarint();
    case 'fixed64':
      return String(reader.view.getBigUint64(reader.take(8), true));
    case 'sfixed64':
      return String(reader.view.getBigInt64(reader.take(8), true));
    case 'double':
      return reader.view.getFloat64(reader.take(8), true);
    default:
      return readMessage(reader, reader.length(), type, depth + 1);
  }
}

/** Protobuf's wire types (protobuf.dev/programming-guides/encoding). Throws RangeError at the end of the bytes. */
class Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Index of the next `count` bytes, which are then behind. */
  take(count: number): number {
    const start = this.at;
    if (start + count > this.bytes.length) throw new RangeError('cut');
    this.at += count;
    return start;
  }

  /** Decimal text of a 64-bit integer. */
  signedVarint(): string {
    const start = this.at;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return String(value);
    this.at = start;
    let exact = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.take(1)];
      exact |= BigInt(byte & 127) << shift;
      if (byte < 128) return String(BigInt.asIntN(64, exact));
    }
  }

  /** Exact up to 2^53: tags, lengths, enums. */
  varint(): number {
    let value = 0;
    for (let count = 0, unit = 1; count < 10; count++, unit *= 128) {
      const byte = this.bytes[this.take(1)];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw new RangeError('varint of more than ten bytes');
  }

  /** Reads a length; returns where what follows ends. */
  length(): number {
    const length = this.varint();
    return this.at + length;
  }

  text(slice: Slice): string {
    const length = this.varint();
    const start = this.take(length);
    return slice.call(this.bytes, start, start + length);
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === FIXED64) this.take(8);
    else if (wire === LENGTH) this.take(this.varint());
    else if (wire === FIXED32) this.take(4);
    else throw new RangeError(`wire type ${wire}`);
  }
}
