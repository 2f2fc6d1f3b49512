import type { Column, NameColumn, TextColumn } from './column.ts';
import type { Merge } from './field.ts';
import type { NameMap } from './name-map.ts';

const skip = 0xffff_ffff;

/** Merges the rows [start, end) of a column into the rows that `rows` names, row `i` into row `rows[i]`. */
export type MergeColumn = (from: Column, into: Column, rows: Uint32Array, start: number, end: number) => void;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
type MergeArray = (from: Numbers, into: Numbers, rows: Uint32Array, start: number, end: number) => void;

/** One loop per rule. 0 is absent: `min` never takes it, `first` gives way to what follows it. */
const arrays: Record<Merge, MergeArray> = {
  sum(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip) into[rows[i]] += from[i];
  },
  or(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip) into[rows[i]] |= from[i];
  },
  max(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip && from[i] > into[rows[i]]) into[rows[i]] = from[i];
  },
  min(from, into, rows, start, end) {
    for (let i = start; i < end; i++) {
      const row = rows[i];
      if (row !== skip && from[i] !== 0 && (into[row] === 0 || from[i] < into[row])) into[row] = from[i];
    }
  },
  first(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip && into[rows[i]] === 0) into[rows[i]] = from[i];
  },
  last(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip && from[i] !== 0) into[rows[i]] = from[i];
  },
  key(from, into, rows, start, end) {
    for (let i = start; i < end; i++) if (rows[i] !== skip) into[rows[i]] = from[i];
  },
};

export function mergeNumbers(rule: Merge): MergeColumn {
  const merge = arrays[rule];
  return (from, into, rows, start, end) => merge(from.values as Numbers, into.values as Numbers, rows, start, end);
}

/** Addresses and ids: `width` words a row, absent when all are 0. */
export function mergeWords(rule: Merge, width: 2 | 4): MergeColumn {
  return (fromColumn, intoColumn, rows, start, end) => {
    const from = fromColumn.values as Uint32Array;
    const into = intoColumn.values as Uint32Array;
    for (let i = start; i < end; i++) {
      if (rows[i] === skip) continue;
      const a = i * width;
      const b = rows[i] * width;
      if (rule === 'first' && !isZero(into, b, width)) continue;
      if (rule === 'last' && isZero(from, a, width)) continue;
      for (let w = 0; w < width; w++) into[b + w] = from[a + w];
    }
  };
}

function isZero(words: Uint32Array, at: number, width: 2 | 4): boolean {
  const two = words[at] | words[at + 1];
  return (width === 2 ? two : two | words[at + 2] | words[at + 3]) === 0;
}

export function mergeTexts(rule: Merge): MergeColumn {
  return (fromColumn, intoColumn, rows, start, end) => {
    const from = (fromColumn as TextColumn).values;
    const into = (intoColumn as TextColumn).values;
    for (let i = start; i < end; i++) {
      if (rows[i] === skip) continue;
      if (rule === 'first' ? into[rows[i]] === '' : from[i] !== '') into[rows[i]] = from[i];
    }
  };
}

export function mergeNames(
  rule: Merge,
  names: NameMap,
  from: NameColumn,
  into: NameColumn,
  rows: Uint32Array,
  start: number,
  end: number,
): void {
  names.begin(from, into);
  for (let i = start; i < end; i++) {
    const code = from.values[i];
    if (code === 0 || rows[i] === skip) continue;
    if (rule !== 'first' || into.values[rows[i]] === 0) into.values[rows[i]] = names.code(code);
  }
}
