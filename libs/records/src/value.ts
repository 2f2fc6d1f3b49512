import { type Column, type NameColumn, newColumn, type TextColumn } from './column.ts';
import type { FieldKind } from './field.ts';
import { idText, parseId } from './id.ts';
import { ipText, parseIp } from './ip.ts';
import { macText, parseMac } from './mac.ts';

/** A field of a JSON record. */
export type Value = string | number | boolean | Record<string, string | number>;

/** The JSON value of a cell; undefined where it is absent (0, false, '' or an all-zero address or id). */
export function valueAt(kind: FieldKind, column: Column, row: number): Value | undefined {
  switch (kind) {
    case 'ip':
      return ipText(column.values as Uint32Array, row) || undefined;
    case 'id':
      return idText(column.values as Uint32Array, row) || undefined;
    case 'mac':
      return macText((column.values as Float64Array)[row]) || undefined;
    case 'name':
      return (column as NameColumn).get(row) || undefined;
    case 'text':
      return (column as TextColumn).values[row] || undefined;
    case 'map':
      return parseMap((column as TextColumn).values[row]);
    case 'bool':
      return column.values[row] !== 0 || undefined;
    case 'f32':
      return f32Value(column.values[row] as number) || undefined;
    default:
      return (column.values[row] as number) || undefined;
  }
}

/** What JSON has for a required field that is absent. */
export function absentValue(kind: FieldKind): Value {
  if (kind === 'bool') return false;
  if (kind === 'map') return {};
  // All-zero is the unspecified address (RFC 4291 2.5.2), from which a host asks for its own.
  if (kind === 'ip') return '::';
  return kind === 'mac' || kind === 'id' || kind === 'name' || kind === 'text' ? '' : 0;
}

/** The shortest decimal number that is this 32-bit float (0.8, not 0.800000011920929); 0 for what JSON cannot say. */
export function f32Value(value: number): number {
  if (!Number.isFinite(value)) return 0;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** The object of a `map` cell; undefined where it is absent, empty or no object. */
export function parseMap(text: string): Record<string, string | number> | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, string | number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string' || typeof item === 'number');
}

const largest: Partial<Record<FieldKind, number>> = {
  u8: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  u64: Number.MAX_SAFE_INTEGER,
  time: Number.MAX_SAFE_INTEGER,
};

/** Writes a JSON value into a cell; false (and nothing written) where the value does not fit the kind. */
export function setValue(kind: FieldKind, column: Column, row: number, value: unknown): boolean {
  switch (kind) {
    case 'ip':
      return typeof value === 'string' && (value === '' || parseIp(value, column.values as Uint32Array, row));
    case 'id':
      return typeof value === 'string' && (value === '' || parseId(value, column.values as Uint32Array, row));
    case 'mac': {
      const mac = typeof value !== 'string' ? undefined : value === '' ? 0 : parseMac(value);
      if (mac !== undefined) column.values[row] = mac;
      return mac !== undefined;
    }
    case 'name':
      if (typeof value !== 'string') return false;
      (column as NameColumn).set(row, value);
      return true;
    case 'text':
      if (typeof value !== 'string') return false;
      column.values[row] = value;
      return true;
    case 'map':
      if (!isMap(value)) return false;
      column.values[row] = JSON.stringify(value);
      return true;
    case 'bool':
      if (typeof value !== 'boolean') return false;
      column.values[row] = value ? 1 : 0;
      return true;
    case 'f32':
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      column.values[row] = value;
      return true;
    default: {
      // `u64` may be negative in memory: rows that take back what others counted.
      const most = largest[kind]!;
      if (!Number.isSafeInteger(value) || (value as number) > most) return false;
      if ((value as number) < 0 && kind !== 'u64') return false;
      column.values[row] = value as number;
      return true;
    }
  }
}

/** Whether a JSON value can stand in a field of this kind. */
export function fits(kind: FieldKind, value: unknown): boolean {
  return setValue(kind, newColumn(kind, 1), 0, value);
}
