import type { Batch } from './batch.ts';
import type { Column } from './column.ts';
import { type Fields, isWritten, type RowOf } from './field.ts';
import { protocolColumn } from './protocol-column.ts';
import type { RecordType } from './record-type.ts';
import { absentValue, fits, setValue, valueAt } from './value.ts';

/** One row as the object that JSON has. Makes an object per call: for tests and for people, not for every row. */
export function rowOf<F extends Fields>(batch: Batch<F>, row: number): RowOf<F> {
  const object: Record<string, unknown> = {};
  const protocol = protocolColumn(batch)?.get(row) ?? '';
  for (const [name, field] of Object.entries(batch.type.fields)) {
    const value = valueAt(field.kind, batch.columns[name] as unknown as Column, row);
    if (value !== undefined) object[name] = value;
    else if (isWritten(field, protocol)) object[name] = absentValue(field.kind);
  }
  return object as RowOf<F>;
}

/** Adds a row from such an object and returns its index. What is missing or does not fit its field stays absent. */
export function appendRow<F extends Fields>(batch: Batch<F>, object: Partial<RowOf<F>>): number {
  const row = batch.append();
  const values = object as Record<string, unknown>;
  for (const [name, { kind }] of Object.entries(batch.type.fields)) {
    if (values[name] !== undefined) setValue(kind, batch.columns[name] as unknown as Column, row, values[name]);
  }
  return row;
}

export type ParsedRow<F extends Fields> =
  | { readonly ok: true; readonly row: RowOf<F> }
  | { readonly ok: false; readonly reason: string };

/** Reads one JSON record. Unknown fields are left out; a field of the wrong type or a missing required one is a reason. */
export function parseRow<F extends Fields>(type: RecordType<F>, text: string): ParsedRow<F> {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return { ok: false, reason: 'not an object' };
  const values = object as Record<string, unknown>;
  const row: Record<string, unknown> = {};
  for (const [name, { kind, required }] of Object.entries(type.fields)) {
    if (!Object.hasOwn(values, name)) {
      if (required) return { ok: false, reason: `field ${name} is missing` };
    } else if (fits(kind, values[name])) row[name] = values[name];
    else return { ok: false, reason: `field ${name} is no ${kind}` };
  }
  return { ok: true, row: row as RowOf<F> };
}
