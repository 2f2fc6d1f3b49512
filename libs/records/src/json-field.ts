import type { Column } from './column.ts';

/** Writes one field of rows as `,"name":value`, or nothing where it is absent. */
export interface JsonField {
  /**
   * Makes ready for the first `length` rows of a column. Returns the most bytes that the field takes in any of them: 0
   * when it is absent in all, and then `write` need not be called.
   */
  bind(column: Column, length: number): number;
  /** Returns where it ends. */
  write(out: Uint8Array, at: number, row: number): number;
}

export function copyBytes(from: Uint8Array, out: Uint8Array, at: number): number {
  for (let i = 0; i < from.length; i++) out[at + i] = from[i];
  return at + from.length;
}

/** Writes ASCII text. */
export function writeAscii(out: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}
