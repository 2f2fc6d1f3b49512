import { u16be, u32be } from '../../bytes/numbers.ts';

export const HEADER_BYTES = 16;
const MAX_LENGTH = 64 * 1024 * 1024;
const PROTOCOL_VERSION = 1;

export const MessageType = {
  request: 0x00,
  requestNoReturn: 0x01,
  notification: 0x02,
  response: 0x80,
  error: 0x81,
} as const;
/** The message is a segment of a longer one (SOME/IP-TP). */
export const SEGMENT = 0x20;

const types: ReadonlySet<number> = new Set(Object.values(MessageType));

/**
 *     service id (16), method id (16), length of what follows (32)
 *     client id (16), session id (16), protocol version (8) = 1, interface version (8), message type (8), return code (8)
 *                                                            AUTOSAR PRS SOME/IP protocol specification, 4.1.2
 */
export class SomeIpHeader {
  service = 0;
  method = 0;
  client = 0;
  session = 0;
  interfaceVersion = 0;
  /** Without the bit that says segment. */
  type = 0;
  isSegment = false;
  returnCode = 0;
  totalBytes = 0;

  /** False if these 16 bytes are no header. */
  read(bytes: Uint8Array, at: number): boolean {
    const length = u32be(bytes, at + 4);
    if (bytes[at + 12] !== PROTOCOL_VERSION || length < 8 || length > MAX_LENGTH) return false;
    this.service = u16be(bytes, at);
    this.method = u16be(bytes, at + 2);
    this.totalBytes = 8 + length;
    this.client = u16be(bytes, at + 8);
    this.session = u16be(bytes, at + 10);
    this.interfaceVersion = bytes[at + 13];
    this.isSegment = (bytes[at + 14] & SEGMENT) !== 0;
    this.type = bytes[at + 14] & ~SEGMENT;
    this.returnCode = bytes[at + 15];
    if (!types.has(this.type) || this.returnCode > 0x5e) return false;
    return this.returnCode === 0 || this.type >= MessageType.response;
  }
}
