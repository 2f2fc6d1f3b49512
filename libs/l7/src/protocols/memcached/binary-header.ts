import { u16be, u32be } from '../../bytes/numbers.ts';

export const BINARY_HEADER_BYTES = 24;
export const REQUEST_MAGIC = 0x80;
export const RESPONSE_MAGIC = 0x81;
/** Items have a megabyte by default, and 128 at most. */
const MAX_BODY = 1 << 28;

/**
 *     magic (8), opcode (8), key length (16), extras length (8), data type (8) = 0, vbucket or status (16),
 *     total body length (32), opaque (32), cas (64); then extras, key, value          doc/protocol-binary.txt
 */
export class BinaryHeader {
  isRequest = false;
  opcode = 0;
  keyBytes = 0;
  extrasBytes = 0;
  status = 0;
  bodyBytes = 0;
  opaque = 0;

  /** False if these 24 bytes are no such header. */
  read(bytes: Uint8Array, at: number): boolean {
    const magic = bytes[at];
    if (magic !== REQUEST_MAGIC && magic !== RESPONSE_MAGIC) return false;
    this.isRequest = magic === REQUEST_MAGIC;
    this.opcode = bytes[at + 1];
    this.keyBytes = u16be(bytes, at + 2);
    this.extrasBytes = bytes[at + 4];
    this.status = u16be(bytes, at + 6);
    this.bodyBytes = u32be(bytes, at + 8);
    this.opaque = u32be(bytes, at + 12);
    return (
      this.opcode < 0x60 &&
      bytes[at + 5] === 0 &&
      this.keyBytes <= 250 &&
      this.extrasBytes <= 32 &&
      this.bodyBytes <= MAX_BODY &&
      this.keyBytes + this.extrasBytes <= this.bodyBytes
    );
  }
}
