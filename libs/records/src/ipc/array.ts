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
    const place = buffers[buffer++];
    if (!place || place.first < 0 || place.second < 0 || place.first + place.second > body.length) {
      throw new RangeError('a buffer lies outside of the body');
    }
    return body.subarray(place.first, place.first + place.second);
  };
  const read = (field: IpcField): IpcArray => {
    const { first: length, second: nulls } = nodes[node++] ?? { first: -1, second: 0 };
    if (length < 0) throw new RangeError('a column has no length');
    const own = Array.from({ length: field.buffers }, next);
    for (const child of field.children) read(child);
    const validity = nulls === 0 ? empty : (own[0] ?? empty);
    if (validity.length > 0 && validity.length * 8 < length) throw new RangeError('a validity bitmap is cut');
    return { length, validity, offsets: own.length === 3 ? own[1] : empty, values: own.at(-1) ?? empty };
  };
  return fields.map(read);
}
