import { type IpcArray, readArrays } from './array.ts';
import { FlatTable } from './flat-table.ts';
import { schemaOf } from './known-schemas.ts';
import { type IpcField, type IpcSchema, readSchema } from './schema.ts';
import { utf8Texts } from './texts.ts';

/** One record batch of a stream. */
export interface IpcBatch {
  readonly length: number;
  /** In the order of the schema's fields. */
  readonly arrays: readonly IpcArray[];
}

const schemaHeader = 1;
const dictionaryHeader = 2;
const batchHeader = 3;
const texts: IpcField = { name: '', type: 'Utf8', dictionaryId: undefined, buffers: 3, children: [] };

/**
 * Reads an Arrow IPC stream (Columnar.rst, "IPC Streaming Format"), without trusting a byte of it:
 *
 *     ffffffff | metadata size (int32) | Message (FlatBuffer, padded to 8) | body      ... ffffffff | 00000000
 *
 * Only what records are made of is read: little-endian, not compressed, dictionaries of Utf8. Throws a RangeError
 * otherwise. Nothing is copied but the texts of dictionaries; `bytes` must stay as they are while arrays are in use.
 */
export class IpcStream {
  readonly schema: IpcSchema;
  /** Texts of each dictionary, as they are when a batch is read. */
  readonly dictionaries = new Map<number, string[]>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // Columns are read in place as typed arrays, which must begin at a multiple of their width.
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    const first = this.#next();
    if (first?.kind !== schemaHeader) throw new RangeError('the schema is missing');
    this.schema = schemaOf(first.metadata, () => readSchema(first.header));
  }

  *batches(): Generator<IpcBatch> {
    const textIds = new Set(
      this.schema.fields.filter(({ type }) => type.endsWith(', Utf8>')).map(({ dictionaryId }) => dictionaryId),
    );
    for (let message = this.#next(); message; message = this.#next()) {
      const { kind, header, body } = message;
      if (kind === batchHeader) {
        yield { length: header.i64(0), arrays: readArrays(header, this.schema.fields, body) };
      } else if (kind === dictionaryHeader && textIds.has(header.i64(0))) this.#readDictionary(header, body);
    }
  }

  #readDictionary(header: FlatTable, body: Uint8Array): void {
    const data = header.table(1);
    if (!data) throw new RangeError('a dictionary has no values');
    const read = utf8Texts(readArrays(data, [texts], body)[0]);
    const isDelta = header.u8(2) !== 0;
    const known = isDelta ? (this.dictionaries.get(header.i64(0)) ?? []) : [];
    this.dictionaries.set(header.i64(0), known.concat(read));
  }

  /** The next message, or undefined at the end. */
  #next(): { kind: number; metadata: Uint8Array; header: FlatTable; body: Uint8Array } | undefined {
    if (this.#at + 4 > this.#bytes.length) return undefined;
    let size = this.#int32();
    if (size === -1) size = this.#int32();
    if (size === 0) return undefined;
    const metadata = this.#take(size);
    const message = FlatTable.root(metadata);
    const header = message.table(2);
    if (!header) throw new RangeError('a message has no header');
    return { kind: message.u8(1), metadata, header, body: this.#take(message.i64(3)) };
  }

  #int32(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new RangeError('a message is cut');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
