import type { Fields } from './field.ts';

/** A record as it is declared: its fields in the order of the columns. */
export interface RecordType<F extends Fields = Fields> {
  /** Name in headers, documents and golden files: `flows.raw`. */
  readonly name: string;
  readonly doc: string;
  /** Grows when a field is added or changed; a reader accepts every version since 1. */
  readonly version: number;
  readonly fields: F;
}

export function recordType<const F extends Fields>(
  name: string,
  version: number,
  doc: string,
  fields: F,
): RecordType<F> {
  return { name, version, doc, fields };
}
