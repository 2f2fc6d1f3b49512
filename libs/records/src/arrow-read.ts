import { type ArrowColumn, arrowColumn, arrowTypes } from './arrow-column.ts';
import { Batch } from './batch.ts';
import type { Column } from './column.ts';
import type { Fields } from './field.ts';
import { type IpcBatch, IpcStream } from './ipc/stream.ts';
import type { RecordType } from './record-type.ts';

export type Decoded<F extends Fields> =
  | { readonly ok: true; readonly batch: Batch<F> }
  | { readonly ok: false; readonly reason: string };

/** More rows than any writer puts into one record: a few bytes could claim any number, and rows cost memory. */
const maxRows = 262_144;
const maxReasonLength = 200;

/** The columns of one record batch, checked. */
interface Part {
  readonly length: number;
  readonly columns: ReadonlyMap<string, ArrowColumn>;
}

/**
 * Reads an Arrow IPC stream of any version of the record: a field that the bytes lack stays absent, one that the record
 * lacks is ignored. Appends to `into` when it is given. Never throws: bytes that are no such stream give the reason, and
 * `into` stays as it was.
 */
export function decodeArrow<F extends Fields>(type: RecordType<F>, bytes: Uint8Array, into?: Batch<F>): Decoded<F> {
  const parts = readParts(type, bytes);
  if (typeof parts === 'string') return { ok: false, reason: parts.slice(0, maxReasonLength) };
  const rows = parts.reduce((sum, { length }) => sum + length, 0);
  const batch = into ?? new Batch(type, rows);
  for (const { length, columns } of parts) {
    const at = batch.extend(length);
    for (const [name, read] of columns) read(batch.columns[name] as unknown as Column, at);
  }
  return { ok: true, batch };
}

function readParts(type: RecordType, bytes: Uint8Array): Part[] | string {
  try {
    const stream = new IpcStream(bytes);
    const name = stream.schema.metadata.get('flowloom.record');
    if (name !== type.name) return `the rows are ${name ?? 'of no record'}, not ${type.name}`;
    for (const field of stream.schema.fields) {
      const known = knownField(type, field.name);
      if (known && field.type !== arrowTypes[known.kind]) return `field ${field.name} is ${field.type}`;
    }
    const parts: Part[] = [];
    let rows = 0;
    for (const batch of stream.batches()) {
      rows += batch.length;
      if (rows > maxRows || rows > 8 * bytes.length) return `too many rows: ${rows}`;
      parts.push(readPart(type, stream, batch));
    }
    return parts;
  } catch (error) {
    return `not an Arrow stream of records: ${error instanceof Error ? error.message : error}`;
  }
}

function readPart(type: RecordType, stream: IpcStream, { length, arrays }: IpcBatch): Part {
  const columns = new Map<string, ArrowColumn>();
  for (const [i, { name, dictionaryId }] of stream.schema.fields.entries()) {
    const field = knownField(type, name);
    if (!field) continue;
    if (arrays[i].length !== length) throw new RangeError(`field ${name} has a length of its own`);
    columns.set(name, arrowColumn(field.kind, arrays[i], stream.dictionaries.get(dictionaryId ?? -1) ?? []));
  }
  return { length, columns };
}

function knownField(type: RecordType, name: string) {
  return Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
}
