import { Batch } from './batch.ts';
import { NameColumn, type NumberArray } from './column.ts';
import type { Fields } from './field.ts';
import type { RecordType } from './record-type.ts';

/** A batch on its way to another thread: what can be posted of it. */
export interface MovedBatch {
  readonly length: number;
  readonly columns: readonly { readonly values: NumberArray | string[]; readonly names?: readonly string[] }[];
}

/**
 * Takes a batch apart for `postMessage`. The numbers are handed over, not copied: with the returned memory in the transfer list the
 * batch is empty afterwards.
 */
export function moveBatch<F extends Fields>(batch: Batch<F>): [moved: MovedBatch, memory: ArrayBuffer[]] {
  const memory: ArrayBuffer[] = [];
  const columns = Object.values(batch.columns).map((column) => {
    // Behind the last row texts of an earlier use may stand.
    const values = Array.isArray(column.values) ? column.values.slice(0, batch.length) : column.values;
    if (!Array.isArray(values)) memory.push(values.buffer as ArrayBuffer);
    return column instanceof NameColumn ? { values, names: column.dictionary } : { values };
  });
  return [{ length: batch.length, columns }, memory];
}

/** Puts it together in the other thread. */
export function receiveBatch<F extends Fields>(type: RecordType<F>, { length, columns }: MovedBatch): Batch<F> {
  const batch = new Batch(type, 1);
  for (const [i, column] of Object.values(batch.columns).entries()) {
    column.values = columns[i].values as never;
    if (column instanceof NameColumn) for (const name of columns[i].names ?? []) column.code(name);
  }
  batch.length = length;
  return batch;
}
