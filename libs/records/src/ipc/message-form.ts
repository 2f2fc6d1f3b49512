import { FlatTable } from './flat-table.ts';
import { batchTable, dictionaryTable, MessageKind, messageBytes, newBuilder } from './message-writer.ts';

/** Words of the prefix in front of a message's table: ffffffff and its size. */
const PREFIX_BYTES = 8;

/**
 * A message whose numbers differ from one batch to the next, and nothing else does: it is copied, and the numbers are put in.
 * Places are those of 32-bit words in it, each of the low half of a 64-bit integer.
 */
export interface MessageForm {
  readonly bytes: Uint8Array;
  readonly bodyLength: number;
  readonly rows: number;
  /** FieldNode: rows and nulls of each column. Buffer: where each lies in the body, and its bytes. */
  readonly nodes: number;
  readonly buffers: number;
}

/** A record batch of columns with so many buffers each. */
export function batchForm(buffersByColumn: readonly number[]): MessageForm {
  const builder = newBuilder();
  const buffers = buffersByColumn.reduce((sum, count) => sum + count, 0);
  const header = batchTable(builder, buffersByColumn.length, buffers);
  return formOf(messageBytes(builder, MessageKind.batch, header), (table) => table);
}

/** The texts of a dictionary. */
export function dictionaryForm(id: number): MessageForm {
  const builder = newBuilder();
  const header = dictionaryTable(builder, id);
  return formOf(messageBytes(builder, MessageKind.dictionary, header), (table) => table.table(1)!);
}

function formOf(bytes: Uint8Array, batchOf: (header: FlatTable) => FlatTable): MessageForm {
  const message = FlatTable.root(bytes.subarray(PREFIX_BYTES));
  const batch = batchOf(message.table(2)!);
  const word = (place: number) => (PREFIX_BYTES + place) >> 2;
  return {
    bytes,
    bodyLength: word(message.place(3)),
    rows: word(batch.place(0)),
    nodes: word(batch.vectorPlace(1)),
    buffers: word(batch.vectorPlace(2)),
  };
}
