import type { Batch } from './batch.ts';
import { NameColumn } from './column.ts';
import type { Fields } from './field.ts';

/** The column that says which fields apply to a row (`when` of a field), where the record has one. */
export function protocolColumn<F extends Fields>(batch: Batch<F>): NameColumn | undefined {
  const column: unknown = batch.columns['protocol'];
  return column instanceof NameColumn ? column : undefined;
}
