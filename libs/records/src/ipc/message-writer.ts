import { Builder } from 'flatbuffers';

/** Schema.fbs: `MetadataVersion.V5`. */
const VERSION_5 = 4;
/** Message.fbs: `MessageHeader`. */
export const MessageKind = { schema: 1, dictionary: 2, batch: 3 } as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

/** A field of a table, or a table itself, by its place in the builder. */
export type Place = number;

/** A builder that writes also what is 0: numbers are put in later. */
export function newBuilder(): Builder {
  const builder = new Builder(1024);
  builder.forceDefaults(true);
  return builder;
}

/** A vector of tables or texts. */
export function vectorOf(builder: Builder, places: readonly Place[]): Place {
  builder.startVector(4, places.length, 4);
  for (const place of places.toReversed()) builder.addOffset(place);
  return builder.endVector();
}

/** Message.fbs: `RecordBatch`, of so many columns and buffers, all of them 0 for now. */
export function batchTable(builder: Builder, nodes: number, buffers: number): Place {
  const pairs = (count: number) => {
    builder.startVector(16, count, 8);
    for (let i = 0; i < 2 * count; i++) builder.writeInt64(0n);
    return builder.endVector();
  };
  const [nodesAt, buffersAt] = [pairs(nodes), pairs(buffers)];
  builder.startObject(4);
  builder.addFieldInt64(0, 0n, 0n);
  builder.addFieldOffset(1, nodesAt, 0);
  builder.addFieldOffset(2, buffersAt, 0);
  return builder.endObject();
}

/** Message.fbs: `DictionaryBatch`. */
export function dictionaryTable(builder: Builder, id: number): Place {
  const data = batchTable(builder, 1, 3);
  builder.startObject(3);
  builder.addFieldInt64(0, BigInt(id), 0n);
  builder.addFieldOffset(1, data, 0);
  return builder.endObject();
}

/** Message.fbs: `Message`, padded, with its size in front (Columnar.rst, "Encapsulated message format"); its body comes behind it. */
export function messageBytes(builder: Builder, kind: MessageKind, header: Place): Uint8Array {
  builder.startObject(5);
  builder.addFieldInt16(0, VERSION_5, 0);
  builder.addFieldInt8(1, kind, 0);
  builder.addFieldOffset(2, header, 0);
  builder.addFieldInt64(3, 0n, 0n);
  builder.finish(builder.endObject());
  const table = builder.asUint8Array();
  const bytes = new Uint8Array((8 + table.length + 7) & ~7);
  bytes.set(table, 8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1);
  view.setInt32(4, bytes.length - 8, true);
  return bytes;
}
