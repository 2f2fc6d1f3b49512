import type { Batch } from './batch.ts';
import type { Column } from './column.ts';
import { type Field, type FieldKind, type Fields, isWritten } from './field.ts';
import { JsonId, JsonIp, JsonMac } from './json-addresses.ts';
import type { JsonField } from './json-field.ts';
import { JsonNames } from './json-names.ts';
import { JsonBool, JsonFloat, JsonInteger } from './json-numbers.ts';
import { JsonMap, JsonText } from './json-texts.ts';
import { protocolColumn } from './protocol-column.ts';
import type { RecordType } from './record-type.ts';
import { rowOf } from './row.ts';

/** Rows as lines of JSON: `bytes.subarray(ends[i - 1] ?? 0, ends[i] - 1)` is row i without its line feed. */
export interface JsonLines {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const lineFeed = 0x0a;
const frameBytes = 4;

const writers: Record<FieldKind, new (prefix: Uint8Array, required: boolean) => JsonField> = {
  bool: JsonBool,
  u8: JsonInteger,
  u16: JsonInteger,
  u32: JsonInteger,
  u64: JsonInteger,
  time: JsonInteger,
  f32: JsonFloat,
  ip: JsonIp,
  mac: JsonMac,
  id: JsonId,
  name: JsonNames,
  text: JsonText,
  map: JsonMap,
};

interface FieldWriters {
  readonly name: string;
  readonly field: Field;
  readonly writer: JsonField;
  /** For rows whose protocol gives a 0 of this field a meaning. */
  readonly zeroWriter: JsonField | undefined;
}

/** Writes rows of one record type as JSON, straight from the columns to bytes. */
export class JsonWriter<F extends Fields = Fields> {
  readonly #fields: readonly FieldWriters[];
  #bytesPerRow = 1024;

  constructor(type: RecordType<F>) {
    this.#fields = Object.entries(type.fields).map(([name, field]) => ({
      name,
      field,
      writer: writerOf(name, field, field.required),
      zeroWriter: field.when && writerOf(name, field, true),
    }));
  }

  /** The rows as newline-delimited JSON. The bytes are the caller's. */
  write(batch: Batch<F>): JsonLines {
    const { most, isPresent } = this.#bind(batch);
    const protocols = protocolColumn(batch);
    const byProtocol = (protocols?.dictionary ?? ['']).map((protocol) =>
      this.#fields
        .map(({ field, writer, zeroWriter }) => (zeroWriter && isWritten(field, protocol) ? zeroWriter : writer))
        .filter((writer) => isPresent.has(writer)),
    );
    const ends = new Uint32Array(batch.length);
    let out = Buffer.allocUnsafe(Math.ceil(batch.length * this.#bytesPerRow * 1.1) + most);
    let at = 0;
    for (let row = 0; row < batch.length; row++) {
      if (at + most > out.length) {
        const grown = Buffer.allocUnsafe(2 * out.length + most);
        out.copy(grown, 0, 0, at);
        out = grown;
      }
      at = writeRow(byProtocol[protocols === undefined ? 0 : protocols.values[row]], out, at, row);
      ends[row] = at;
    }
    if (batch.length > 0) this.#bytesPerRow = at / batch.length;
    return { bytes: out.subarray(0, at), ends };
  }

  /** Ties the writers to this batch's columns: those with something to write, and the most bytes of a row. */
  #bind(batch: Batch<F>): { most: number; isPresent: Set<JsonField> } {
    const isPresent = new Set<JsonField>();
    let most = frameBytes;
    for (const { name, writer, zeroWriter } of this.#fields) {
      const column = batch.columns[name] as unknown as Column;
      let bytes = 0;
      for (const one of zeroWriter ? [writer, zeroWriter] : [writer]) {
        const needed = one.bind(column, batch.length);
        if (needed > 0) isPresent.add(one);
        bytes = Math.max(bytes, needed);
      }
      most += bytes;
    }
    return { most, isPresent };
  }

  /** The value of each row by itself, as a topic of JSON records wants them; all share one buffer. */
  values(batch: Batch<F>): Uint8Array[] {
    const { bytes, ends } = this.write(batch);
    return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end - 1));
  }
}

function writerOf(name: string, { kind }: Field, required: boolean): JsonField {
  return new writers[kind](Buffer.from(`,${JSON.stringify(name)}:`), required);
}

function writeRow(fields: readonly JsonField[], out: Uint8Array, at: number, row: number): number {
  const start = at;
  for (let i = 0; i < fields.length; i++) at = fields[i].write(out, at, row);
  // The comma before the first field becomes the brace.
  if (at === start) at++;
  out[start] = openBrace;
  out[at] = closeBrace;
  out[at + 1] = lineFeed;
  return at + 2;
}

/** One row as JSON text, without a line feed: for a few rows. */
export function rowToJson<F extends Fields>(batch: Batch<F>, row: number): string {
  return JSON.stringify(rowOf(batch, row));
}
