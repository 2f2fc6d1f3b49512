import { exportMetricsServiceRequest, exportTraceServiceRequest, type FieldType, type Message } from './schema.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;
const MAX_DEPTH = 32;

type Json = Record<string, unknown>;

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
    const read = () => readValue(reader, field.type, depth);
    if (!field.repeated) object[field.name] = read();
    else {
      const list = (object[field.name] ??= []) as unknown[];
      const isPacked = wire === LENGTH && (field.type === 'fixed64' || field.type === 'double');
      if (!isPacked) list.push(read());
      else for (const stop = reader.length(); reader.at < stop; ) list.push(read());
    }
  }
  return object;
}

function readValue(reader: Reader, type: FieldType, depth: number): unknown {
  switch (type) {
    case 'string':
      return reader.slice().toString('utf8');
    case 'hex':
      return reader.slice().toString('hex');
    case 'bool':
      return reader.varint() !== 0;
    case 'enum':
      return reader.varint();
    case 'int64':
      return String(BigInt.asIntN(64, reader.bigVarint()));
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

  bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.take(1)];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('varint of more than ten bytes');
  }

  varint(): number {
    return Number(this.bigVarint());
  }

  /** Reads a length; returns where what follows ends. */
  length(): number {
    const length = this.varint();
    return this.at + length;
  }

  slice(): Buffer {
    const length = this.varint();
    const start = this.take(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length);
  }

  skip(wire: number): void {
    if (wire === VARINT) this.bigVarint();
    else if (wire === FIXED64) this.take(8);
    else if (wire === LENGTH) this.take(this.varint());
    else if (wire === FIXED32) this.take(4);
    else throw new RangeError(`wire type ${wire}`);
  }
}
