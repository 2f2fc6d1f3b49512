import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float32,
  Schema,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import type { FieldKind } from './field.ts';
import type { RecordType } from './record-type.ts';

/** The Arrow type of each kind, as in the table of `field.ts`. Ids of dictionaries are unique in a schema. */
function arrowType(kind: FieldKind, dictionaryId: number): DataType {
  switch (kind) {
    case 'bool':
      return new Bool();
    case 'u8':
      return new Uint8();
    case 'u16':
      return new Uint16();
    case 'u32':
      return new Uint32();
    case 'u64':
      return new Uint64();
    case 'f32':
      return new Float32();
    case 'time':
      return new TimestampMicrosecond('UTC');
    case 'ip':
      return new FixedSizeBinary(16);
    case 'mac':
      return new FixedSizeBinary(6);
    case 'id':
      return new FixedSizeBinary(8);
    case 'name':
      return new Dictionary(new Utf8(), new Uint32(), dictionaryId);
    case 'text':
    case 'map':
      return new Utf8();
  }
}

const schemas = new WeakMap<RecordType, Schema>();

/** The Arrow schema of a record; its metadata names the record and its version. */
export function arrowSchema(type: RecordType): Schema {
  let schema = schemas.get(type);
  if (!schema) {
    const fields = Object.entries(type.fields).map(([name, { kind }], i) => new Field(name, arrowType(kind, i), false));
    const metadata = new Map([
      ['flowloom.record', type.name],
      ['flowloom.version', String(type.version)],
    ]);
    schemas.set(type, (schema = new Schema(fields, metadata)));
  }
  return schema;
}
