import type { Batch } from './batch.ts';
import type { Column, NameColumn } from './column.ts';
import type { Field, Fields } from './field.ts';
import { type MergeColumn, mergeNames, mergeNumbers, mergeTexts, mergeWords } from './merge-column.ts';
import { NameMap } from './name-map.ts';
import type { RecordType } from './record-type.ts';

/** A target row that says: leave this row out. */
export const SKIP = 0xffff_ffff;

/**
 * Merges rows into rows by each field's `merge` rule, for the fields that both types have by name and kind. Merging
 * into a row that is all absent is copying, so a new flow is `target.append()` and then a merge like any other.
 * Columns are walked one by one: all rows of a batch at once is far faster than row after row.
 */
export class RowMerger {
  readonly #columns: readonly { name: string; merge: MergeColumn }[];

  constructor(from: RecordType, into: RecordType) {
    this.#columns = Object.entries(from.fields)
      .filter(([name, field]) => into.fields[name]?.kind === field.kind)
      .map(([name]) => ({ name, merge: mergeOf(into.fields[name]) }));
  }

  /** Merges row `i` of `from` into row `rows[i]` of `into`, for all `i` in [start, end), in that order. */
  merge<F extends Fields, T extends Fields>(
    from: Batch<F>,
    into: Batch<T>,
    rows: Uint32Array,
    start = 0,
    end = from.length,
  ): void {
    for (const { name, merge } of this.#columns) {
      merge(from.columns[name] as Column, into.columns[name] as unknown as Column, rows, start, end);
    }
  }
}

function mergeOf({ kind, merge }: Field): MergeColumn {
  if (kind === 'name') {
    const names = new NameMap();
    return (from, into, rows, start, end) =>
      mergeNames(merge, names, from as NameColumn, into as NameColumn, rows, start, end);
  }
  if (kind === 'text' || kind === 'map') return mergeTexts(merge);
  if (kind === 'ip') return mergeWords(merge, 4);
  if (kind === 'id') return mergeWords(merge, 2);
  return mergeNumbers(merge);
}
