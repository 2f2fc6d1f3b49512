import type { FlatTable } from './flat-table.ts';
import type { IpcField } from './schema.ts';

/** One column of a record batch: where its bytes are. Buffers that the type does not have are empty. */
export interface IpcArray {
  readonly length: number;
  /** One bit per row, 0 for null; empty where there are no nulls. */
  readonly validity: Uint8Array;
  /** Of Utf8: where each text begins. */
  readonly offsets: Uint8Array;
  readonly values: Uint8Array;
}

const empty = new Uint8Array();

/** Message.fbs: `RecordBatch`. The top-level columns by name, each with the field it belongs to. */
export function readArrays(table: FlatTable, fields: readonly IpcField[], body: Uint8Array): IpcArray[] {
  if (table.table(3)) throw new RangeError('compressed bytes are not supported');
  const nodes = table.pairs(1);
  const buffers = table.pairs(2);
  let node = 0;
  let buffer = 0;
  const next = (): Uint8Array => {
    const start = buffers[buffer++];
    const length = buffers[buffer++];
    if (!(start >= 0 && length >= 0 && start + length <= body.length)) {
      throw new RangeError('a buffer lies outside of the body');
    }
    return length === 0 ? empty : body.subarray(start, start + length);
  };
  const read = (field: IpcField): IpcArray => {
    const length = nodes[node++] ?? -1;
    const nulls = nodes[node++];
    if (length < 0) throw new RangeError('a column has no length');
    let first: Uint8Array = empty;
    let offsets: Uint8Array = empty;
    let values: Uint8Array = empty;
    for (let i = 0; i < field.buffers; i++) {
      offsets = values;
      values = next();
      if (i === 0) first = values;
    }
    for (const child of field.children) read(child);
    const validity = nulls === 0 ? empty : first;
    if (validity.length > 0 && validity.length * 8 < length) throw new RangeError('a validity bitmap is cut');
    return { length, validity, offsets: field.buffers === 3 ? offsets : empty, values };
  };
  return fields.map(read);
}
