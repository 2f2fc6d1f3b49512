import type { Cursor } from './cursor.ts';

/**
 * Visits the fields of a protobuf message one by one:
 *
 *     const message = new ProtobufReader();
 *     message.open(cursor);
 *     while (message.next()) if (message.field === 2 && message.wireType === 2) ... cursor bytes [message.from, message.to)
 *
 * Varints read as numbers, rounded above 2^53; fixed fields are passed over. What is malformed ends it.
 */
export class ProtobufReader {
  field = 0;
  wireType = 0;
  /** Of a varint. */
  value = 0;
  /** Of bytes, texts and messages. */
  from = 0;
  to = 0;
  #cursor: Cursor | null = null;

  open(cursor: Cursor): this {
    this.#cursor = cursor;
    return this;
  }

  next(): boolean {
    const cursor = this.#cursor;
    if (cursor === null || !cursor.ok || cursor.left <= 0) return false;
    const key = readVarint(cursor);
    this.field = Math.floor(key / 8);
    this.wireType = key % 8;
    if (this.wireType === 0) this.value = readVarint(cursor);
    else if (this.wireType === 1) cursor.take(8);
    else if (this.wireType === 5) cursor.take(4);
    else if (this.wireType === 2) {
      const length = readVarint(cursor);
      this.from = cursor.take(length);
      this.to = cursor.at;
    } else cursor.ok = false;
    return cursor.ok && this.field > 0;
  }
}

/** A base-128 varint of at most 10 bytes. */
export function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let i = 0, scale = 1; i < 10; i++, scale *= 128) {
    const byte = cursor.u8();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  cursor.ok = false;
  return 0;
}
