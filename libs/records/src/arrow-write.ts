import type { Batch } from './batch.ts';
import { type Column, NameColumn, type NumberColumn } from './column.ts';
import type { FieldKind, Fields } from './field.ts';
import { batchForm, dictionaryForm, type MessageForm } from './ipc/message-form.ts';
import { schemaMessage } from './ipc/schema-writer.ts';
import { StreamWriter } from './ipc/stream-writer.ts';
import type { RecordType } from './record-type.ts';
import { mostTextBytes, writeTexts } from './text-bytes.ts';
import { writeBigEndian, writeBits, writeInt64, writeMacs } from './words.ts';

/** What the messages of a record look like. */
interface Forms {
  readonly schema: Uint8Array;
  readonly names: readonly string[];
  /** By field; undefined where it has no dictionary. */
  readonly dictionaries: readonly (MessageForm | undefined)[];
  readonly batch: MessageForm;
  readonly messageBytes: number;
}

const forms = new WeakMap<RecordType, Forms>();
const out = new StreamWriter();
/** Padding of a column's buffers, at most. */
const paddingBytes = 32;

/**
 * The rows [start, end) of a batch as one Arrow IPC stream (schema, dictionaries, one record batch, end): what a record's value
 * is. The bytes are the caller's.
 */
export function encodeArrow<F extends Fields>(batch: Batch<F>, start = 0, end = batch.length): Uint8Array {
  const { schema, names, dictionaries, batch: form, messageBytes } = formsOf(batch.type);
  const columns = names.map((name) => batch.columns[name] as unknown as Column);
  let most = messageBytes;
  for (const column of columns) most += mostBytes(column, start, end);
  out.start(most);
  out.message(schema);
  for (const [i, dictionary] of dictionaries.entries()) {
    if (dictionary === undefined) continue;
    const texts = (columns[i] as NameColumn).dictionary;
    out.begin(dictionary);
    out.column(texts.length);
    textBuffers(texts, 0, texts.length);
    out.end(texts.length);
  }
  out.begin(form);
  for (const column of columns) {
    out.column(end - start);
    buffers(column, start, end);
  }
  out.end(end - start);
  return out.finish();
}

function formsOf(type: RecordType): Forms {
  let known = forms.get(type);
  if (known === undefined) {
    const fields = Object.entries(type.fields);
    const schema = schemaMessage(type);
    const dictionaries = fields.map(([, { kind }], id) => (kind === 'name' ? dictionaryForm(id) : undefined));
    const batch = batchForm(fields.map(([, { kind }]) => (isText(kind) ? 3 : 2)));
    const messages = [schema, batch.bytes, ...dictionaries.map((form) => form?.bytes ?? '')];
    const messageBytes = messages.reduce((sum, { length }) => sum + length, 8);
    forms.set(type, (known = { schema, names: fields.map(([name]) => name), dictionaries, batch, messageBytes }));
  }
  return known;
}

const isText = (kind: FieldKind) => kind === 'text' || kind === 'map';

function mostBytes(column: Column, start: number, end: number): number {
  if (Array.isArray(column.values)) return mostTextBytes(column.values, start, end) + 4 * (end - start) + paddingBytes;
  let bytes = 8 * column.width * (end - start) + paddingBytes;
  if (column instanceof NameColumn) {
    const { dictionary } = column;
    bytes += mostTextBytes(dictionary, 0, dictionary.length) + 4 * dictionary.length + paddingBytes;
  }
  return bytes;
}

function buffers(column: Column, start: number, end: number): void {
  if (Array.isArray(column.values)) textBuffers(column.values, start, end);
  else out.buffer(writeValues(column as NumberColumn, start, end));
}

/** Returns how many bytes were written. */
function writeValues({ kind, width, values }: NumberColumn, start: number, end: number): number {
  const { bytes, words, at } = out;
  const rows = end - start;
  switch (kind) {
    case 'bool':
      writeBits(values as Uint8Array, start, end, bytes, at);
      return (rows + 7) >> 3;
    case 'u64':
    case 'time':
      writeInt64(values as Float64Array, start, end, words, at >> 2);
      return 8 * rows;
    case 'ip':
    case 'id':
      writeBigEndian(values as Uint32Array, width * start, width * end, words, at >> 2);
      return 4 * width * rows;
    case 'mac':
      writeMacs(values as Float64Array, start, end, bytes, at);
      return 6 * rows;
    default: {
      // Little-endian already, as this machine has them.
      const size = values.BYTES_PER_ELEMENT;
      bytes.set(new Uint8Array(values.buffer, values.byteOffset + size * start, size * rows), at);
      return size * rows;
    }
  }
}

function textBuffers(texts: readonly string[], start: number, end: number): void {
  const { bytes, words, at } = out;
  const offsetBytes = 4 * (end - start + 1);
  const textAt = (at + offsetBytes + 7) & ~7;
  const written = writeTexts(texts, start, end, bytes, textAt, words, at >> 2);
  out.buffer(offsetBytes);
  out.buffer(written);
}
