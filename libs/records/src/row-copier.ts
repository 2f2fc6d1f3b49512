import type { Batch } from './batch.ts';
import type { Column, NameColumn, NumberColumn, TextColumn } from './column.ts';
import type { Fields } from './field.ts';
import { NameMap } from './name-map.ts';
import type { RecordType } from './record-type.ts';

type Numbers = Float64Array;

interface Pair {
  readonly name: string;
  readonly width: number;
  readonly names: NameMap | undefined;
}

/**
 * Copies rows of one record type into batches of another, field by field of the same name and kind; other fields of the
 * target stay absent. Names are looked up once per batch. One copier serves one pair of types, and keeps no rows.
 */
export class RowCopier {
  readonly #pairs: readonly Pair[];

  constructor(from: RecordType, to: RecordType) {
    this.#pairs = Object.entries(from.fields)
      .filter(([name, field]) => to.fields[name]?.kind === field.kind)
      .map(([name, { kind }]) => ({
        name,
        width: kind === 'ip' ? 4 : kind === 'id' ? 2 : 1,
        names: kind === 'name' ? new NameMap() : undefined,
      }));
  }

  /** Appends the rows [start, end) of `from` to `to`, column by column; returns the index of the first new row. */
  append<F extends Fields, T extends Fields>(from: Batch<F>, to: Batch<T>, start = 0, end = from.length): number {
    const first = to.extend(end - start);
    for (const { name, width, names } of this.#pairs) {
      const source = from.columns[name] as Column;
      const target = to.columns[name] as unknown as Column;
      if (names) copyNames(source as NameColumn, target as NameColumn, names, start, end, first);
      else if (Array.isArray(source.values)) {
        copyTexts(source as TextColumn, target as TextColumn, start, end, first);
      } else {
        const numbers = (target as NumberColumn).values as Numbers;
        numbers.set(source.values.subarray(start * width, end * width), first * width);
      }
    }
    return first;
  }

  /** Copies one row over a row that `to` already has. */
  copy<F extends Fields, T extends Fields>(from: Batch<F>, row: number, to: Batch<T>, toRow: number): void {
    for (const { name, width, names } of this.#pairs) {
      const source = from.columns[name] as Column;
      const target = to.columns[name] as unknown as Column;
      if (names) copyNames(source as NameColumn, target as NameColumn, names, row, row + 1, toRow);
      else if (width === 1) target.values[toRow] = source.values[row];
      else for (let i = 0; i < width; i++) target.values[toRow * width + i] = source.values[row * width + i];
    }
  }
}

function copyNames(from: NameColumn, to: NameColumn, names: NameMap, start: number, end: number, at: number): void {
  // A column that has no string yet takes the whole dictionary over, and the codes as they are.
  if (to.dictionary.length === 1 && from.dictionary.length <= end - start) {
    for (let code = 1; code < from.dictionary.length; code++) to.add(from.dictionary[code]);
    to.values.set(from.values.subarray(start, end), at);
    return;
  }
  names.begin(from, to);
  const source = from.values;
  const target = to.values;
  for (let row = start; row < end; row++) target[at++] = names.code(source[row]);
}

function copyTexts(from: TextColumn, to: TextColumn, start: number, end: number, at: number): void {
  for (let row = start; row < end; row++) to.values[at++] = from.values[row];
}
