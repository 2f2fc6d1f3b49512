import type { Batch } from './batch.ts';
import type { Fields } from './field.ts';
import type { RecordType } from './record-type.ts';
import { rowOf } from './row.ts';

/** Rows as lines of JSON: `bytes.subarray(ends[i - 1] ?? 0, ends[i] - 1)` is row i without its line feed. */
export interface JsonLines {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Writes rows of one record type as JSON. */
export class JsonWriter<F extends Fields = Fields> {
  readonly type: RecordType<F>;

  constructor(type: RecordType<F>) {
    this.type = type;
  }

  /** The rows as newline-delimited JSON. */
  write(batch: Batch<F>): JsonLines {
    const ends = new Uint32Array(batch.length);
    let text = '';
    for (let i = 0; i < batch.length; i++) {
      text += `${JSON.stringify(rowOf(batch, i))}\n`;
      ends[i] = Buffer.byteLength(text);
    }
    return { bytes: Buffer.from(text), ends };
  }

  /** The value of each row by itself, as a topic of JSON records wants them; all share one buffer. */
  values(batch: Batch<F>): Uint8Array[] {
    const { bytes, ends } = this.write(batch);
    return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end - 1));
  }
}

/** One row as JSON text, without a line feed. */
export function rowToJson<F extends Fields>(batch: Batch<F>, row: number): string {
  return JSON.stringify(rowOf(batch, row));
}
