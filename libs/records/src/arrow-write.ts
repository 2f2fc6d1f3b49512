import {
  type Data,
  type DataType,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Struct,
  Utf8,
  Vector,
} from 'apache-arrow';
import { arrowSchema } from './arrow-schema.ts';
import type { Batch } from './batch.ts';
import type { Column, NameColumn, TextColumn } from './column.ts';
import type { FieldKind, Fields } from './field.ts';
import { textBytes } from './text-bytes.ts';
import { bigEndianBytes, bitBytes, int64Bytes, macBytes } from './words.ts';

/** The rows of a batch as one Arrow IPC stream (schema, dictionaries, one record batch, end): what a record's value is. */
export function encodeArrow<F extends Fields>(batch: Batch<F>): Uint8Array {
  const schema = arrowSchema(batch.type);
  const length = batch.length;
  const children = schema.fields.map((field) => {
    const name = field.name as string;
    return columnData(field.type, batch.type.fields[name].kind, batch.columns[name] as unknown as Column, length);
  });
  const data = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(schema, data));
  writer.finish();
  return writer.toUint8Array(true);
}

function columnData(type: DataType, kind: FieldKind, column: Column, length: number): Data {
  const of = (data: unknown) => makeData({ type, length, nullCount: 0, data } as never) as Data;
  switch (kind) {
    case 'bool':
      return of(bitBytes(column.values as Uint8Array, length));
    case 'u64':
    case 'time': {
      const words = int64Bytes(column.values as Float64Array, length);
      return of(kind === 'time' ? new BigInt64Array(words.buffer) : new BigUint64Array(words.buffer));
    }
    case 'ip':
      return of(bigEndianBytes(column.values as Uint32Array, 4 * length));
    case 'id':
      return of(bigEndianBytes(column.values as Uint32Array, 2 * length));
    case 'mac':
      return of(macBytes(column.values as Float64Array, length));
    case 'name':
      return nameData(type, column as NameColumn, length);
    case 'text':
    case 'map':
      return textData(type, (column as TextColumn).values, length);
    default:
      return of((column.values as Uint32Array).subarray(0, length));
  }
}

function nameData(type: DataType, column: NameColumn, length: number): Data {
  const dictionary = new Vector([textData(new Utf8(), column.dictionary, column.dictionary.length)]);
  return makeData({ type, length, nullCount: 0, data: column.values.subarray(0, length), dictionary } as never);
}

function textData(type: DataType, texts: readonly string[], length: number): Data {
  const { offsets, bytes } = textBytes(texts, length);
  return makeData({ type, length, nullCount: 0, valueOffsets: offsets, data: bytes } as never);
}
