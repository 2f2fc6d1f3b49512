import { type Decoded, decodeArrow } from './arrow-read.ts';
import { encodeArrow } from './arrow-write.ts';
import type { Batch } from './batch.ts';
import type { Fields } from './field.ts';
import type { RecordType } from './record-type.ts';

/** What a batch takes besides its rows: arrays and maps of its columns, as measured with Node 24. */
const BATCH_BYTES = 16_384;
/** A string of V8: head and padding. */
const STRING_BYTES = 24;
const POINTER_BYTES = 8;

/**
 * Rows on a bus inside one process: readers get the batch itself, and who wants bytes gets Arrow. Nobody changes the batch any
 * more.
 */
export class RowsValue<F extends Fields = Fields> {
  readonly rows: Batch<F>;
  /** Memory that the rows take, about. */
  readonly bytes: number;

  constructor(rows: Batch<F>) {
    this.rows = rows;
    this.bytes = BATCH_BYTES + memoryOf(rows);
  }

  encode(): Uint8Array {
    return encodeArrow(this.rows);
  }
}

function memoryOf<F extends Fields>(rows: Batch<F>): number {
  let bytes = 0;
  for (const name of Object.keys(rows.type.fields)) {
    const { values } = rows.column(name)!;
    bytes += Array.isArray(values) ? memoryOfTexts(values, rows.length) : values.byteLength;
  }
  return bytes;
}

/** Texts that repeat the one before are mostly the same string. */
function memoryOfTexts(texts: readonly string[], length: number): number {
  let bytes = POINTER_BYTES * length;
  let before = '';
  for (let i = 0; i < length; i++) {
    const text = texts[i];
    if (text !== before && text !== '') bytes += STRING_BYTES + text.length;
    before = text;
  }
  return bytes;
}

/**
 * The rows of a record of a bus: as they were sent in this process, or read from its bytes. Of rows that were sent `value` is not
 * looked at: on the embedded bus that would make the bytes, and keep them.
 */
export function readRows<F extends Fields>(
  type: RecordType<F>,
  record: { readonly value: Uint8Array | null; readonly shared?: unknown },
): Decoded<F> {
  const { shared } = record;
  if (shared instanceof RowsValue && shared.rows.type === type) return { ok: true, batch: shared.rows as Batch<F> };
  return decodeArrow(type, record.value ?? new Uint8Array());
}
