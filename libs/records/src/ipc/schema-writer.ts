import type { Builder } from 'flatbuffers';
import type { FieldKind } from '../field.ts';
import type { RecordType } from '../record-type.ts';
import { MessageKind, messageBytes, newBuilder, type Place, vectorOf } from './message-writer.ts';

/** Schema.fbs: `Type`. */
const TypeKind = { int: 2, float: 3, utf8: 5, bool: 6, timestamp: 10, fixedSizeBinary: 15 } as const;
/** Schema.fbs: `Precision.SINGLE`, `TimeUnit.MICROSECOND`. */
const SINGLE = 1;
const MICROSECOND = 2;

/** A type of Schema.fbs: which, and its table. */
type Type = readonly [kind: number, place: Place];

/** The schema of a record as a message; its metadata names the record and its version. Ids of dictionaries are numbers of fields. */
export function schemaMessage(type: RecordType): Uint8Array {
  const builder = newBuilder();
  const fields = Object.entries(type.fields).map(([name, { kind }], i) => fieldTable(builder, name, kind, i));
  const fieldsAt = vectorOf(builder, fields);
  const metadataAt = vectorOf(builder, [
    keyValue(builder, 'flowloom.record', type.name),
    keyValue(builder, 'flowloom.version', String(type.version)),
  ]);
  builder.startObject(4);
  builder.addFieldInt16(0, 0, 0); // little-endian
  builder.addFieldOffset(1, fieldsAt, 0);
  builder.addFieldOffset(2, metadataAt, 0);
  return messageBytes(builder, MessageKind.schema, builder.endObject());
}

/** Schema.fbs: `Field`, which is never null. */
function fieldTable(builder: Builder, text: string, kind: FieldKind, dictionaryId: number): Place {
  const name = builder.createString(text);
  const [typeKind, type] = typeTable(builder, kind);
  const dictionary = kind === 'name' ? dictionaryEncoding(builder, dictionaryId) : 0;
  const children = vectorOf(builder, []);
  builder.startObject(7);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt8(1, 0, 0);
  builder.addFieldInt8(2, typeKind, 0);
  builder.addFieldOffset(3, type, 0);
  if (dictionary !== 0) builder.addFieldOffset(4, dictionary, 0);
  builder.addFieldOffset(5, children, 0);
  return builder.endObject();
}

/** The Arrow type of each kind, as in the table of `field.ts`. */
function typeTable(builder: Builder, kind: FieldKind): Type {
  switch (kind) {
    case 'bool':
      return [TypeKind.bool, table(builder)];
    case 'u8':
      return [TypeKind.int, unsignedInt(builder, 8)];
    case 'u16':
      return [TypeKind.int, unsignedInt(builder, 16)];
    case 'u32':
      return [TypeKind.int, unsignedInt(builder, 32)];
    case 'u64':
      return [TypeKind.int, unsignedInt(builder, 64)];
    case 'f32':
      return [TypeKind.float, table(builder, () => builder.addFieldInt16(0, SINGLE, 0))];
    case 'time':
      return [TypeKind.timestamp, timestamp(builder)];
    case 'ip':
      return [TypeKind.fixedSizeBinary, fixedSizeBinary(builder, 16)];
    case 'mac':
      return [TypeKind.fixedSizeBinary, fixedSizeBinary(builder, 6)];
    case 'id':
      return [TypeKind.fixedSizeBinary, fixedSizeBinary(builder, 8)];
    case 'name':
    case 'text':
    case 'map':
      return [TypeKind.utf8, table(builder)];
  }
}

function unsignedInt(builder: Builder, bits: number): Place {
  return table(builder, () => {
    builder.addFieldInt32(0, bits, 0);
    builder.addFieldInt8(1, 0, 0);
  });
}

function timestamp(builder: Builder): Place {
  const zone = builder.createString('UTC');
  return table(builder, () => {
    builder.addFieldInt16(0, MICROSECOND, 0);
    builder.addFieldOffset(1, zone, 0);
  });
}

function fixedSizeBinary(builder: Builder, bytes: number): Place {
  return table(builder, () => builder.addFieldInt32(0, bytes, 0));
}

function dictionaryEncoding(builder: Builder, id: number): Place {
  const index = unsignedInt(builder, 32);
  return table(builder, () => {
    builder.addFieldInt64(0, BigInt(id), 0n);
    builder.addFieldOffset(1, index, 0);
  });
}

function keyValue(builder: Builder, key: string, value: string): Place {
  const [keyAt, valueAt] = [builder.createString(key), builder.createString(value)];
  return table(builder, () => {
    builder.addFieldOffset(0, keyAt, 0);
    builder.addFieldOffset(1, valueAt, 0);
  });
}

/** A table of two fields at most. */
function table(builder: Builder, fill: () => void = () => {}): Place {
  builder.startObject(2);
  fill();
  return builder.endObject();
}
