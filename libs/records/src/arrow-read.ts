import { type Data, DataType, type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { arrowSchema } from './arrow-schema.ts';
import { Batch } from './batch.ts';
import type { Column, NameColumn, TextColumn } from './column.ts';
import type { FieldKind, Fields } from './field.ts';
import type { RecordType } from './record-type.ts';
import { readTexts } from './text-bytes.ts';
import { readBigEndian, readBits, readInt64, readMacs } from './words.ts';

export type Decoded<F extends Fields> =
  | { readonly ok: true; readonly batch: Batch<F> }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads an Arrow IPC stream of any version of the record: a field that the bytes lack stays absent, one that the record
 * lacks is ignored. Appends to `into` when it is given. Never throws: bytes that are no such stream give the reason, and
 * `into` stays as it was.
 */
export function decodeArrow<F extends Fields>(type: RecordType<F>, bytes: Uint8Array, into?: Batch<F>): Decoded<F> {
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const named = reader.schema.metadata.get('flowloom.record');
    const batches = [...reader];
    const rows = batches.reduce((sum, { numRows }) => sum + numRows, 0);
    if (named !== type.name) return { ok: false, reason: `record ${named ?? 'without a name'}, not ${type.name}` };
    const batch = into ?? new Batch(type, rows);
    for (const source of batches) appendTo(batch, source);
    return { ok: true, batch };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function appendTo<F extends Fields>(batch: Batch<F>, source: RecordBatch): void {
  const length = source.numRows;
  const at = batch.extend(length);
  for (const field of arrowSchema(batch.type).fields) {
    const name = field.name as string;
    const i = source.schema.fields.findIndex((other) => other.name === name);
    if (i < 0) continue;
    const data = source.data.children[i];
    if (!DataType.isDictionary(data.type) && String(data.type) !== String(field.type))
      throw new Error(`field ${name} is ${data.type}`);
    readColumn(batch.type.fields[name].kind, data, batch.columns[name] as unknown as Column, at, length);
  }
}

function readColumn(kind: FieldKind, data: Data, column: Column, at: number, length: number): void {
  switch (kind) {
    case 'bool':
      readBits(data.values as Uint8Array, column.values as Uint8Array, at, length);
      break;
    case 'u64':
    case 'time': {
      const values = data.values as BigInt64Array;
      const words = new Uint32Array(values.buffer, values.byteOffset, 2 * length);
      readInt64(words, column.values as Float64Array, at, length);
      break;
    }
    case 'ip':
      readBigEndian(data.values as Uint8Array, column.values as Uint32Array, 4 * at, 4 * length);
      break;
    case 'id':
      readBigEndian(data.values as Uint8Array, column.values as Uint32Array, 2 * at, 2 * length);
      break;
    case 'mac':
      readMacs(data.values as Uint8Array, column.values as Float64Array, at, length);
      break;
    case 'name': {
      const names = column as NameColumn;
      const dictionary = data.dictionary!.data.flatMap(
        (part) => readTexts({ offsets: part.valueOffsets, bytes: part.values }, part.length)!,
      );
      const codes = dictionary.map((text) => names.code(text));
      for (let i = 0; i < length; i++) names.values[at + i] = codes[data.values[i]];
      break;
    }
    case 'text':
    case 'map': {
      const texts = readTexts({ offsets: data.valueOffsets, bytes: data.values }, length)!;
      for (let i = 0; i < length; i++) (column as TextColumn).values[at + i] = texts[i];
      break;
    }
    default:
      (column.values as Uint32Array).set((data.values as Uint32Array).subarray(0, length), at);
  }
}
