import { i32be, u32be } from '../../bytes/numbers.ts';
import { varint, varintEnd } from './varint.ts';

export const MessageType = { call: 1, reply: 2, exception: 3, oneWay: 4 } as const;

const MAX_NAME = 256;
const MAX_FRAME = 256 * 1024 * 1024;

/** What `MessageHead.read` found. */
export const Found = { more: 0, message: 1, nothing: -1 } as const;
export type Found = (typeof Found)[keyof typeof Found];

/**
 *     strict binary   0x8001, 0, type (8), name length (32), name, sequence id (32)
 *     old binary      name length (32), name, type (8), sequence id (32)
 *     compact         0x82, type (3) version (5) = 1, sequence id (varint), name length (varint), name
 *
 * then the struct of the arguments or the result. With the framed transport a length (32) stands before
 * (Thrift RPC specification: binary, compact protocol encoding; framed vs. unframed transport).
 */
export class MessageHead {
  type = 0;
  isCompact = false;
  isStrict = false;
  /** Whole length with the frame's, 0 if unframed. */
  framedBytes = 0;
  sequence = 0;
  nameAt = 0;
  nameEnd = 0;
  /** Where the struct begins. */
  bodyAt = 0;

  read(bytes: Uint8Array, start: number, end: number): Found {
    this.framedBytes = 0;
    if (end - start < 4) return Found.more;
    if (bytes[start] >= 0x80) return this.#readMessage(bytes, start, end);
    const length = u32be(bytes, start);
    if (length > MAX_FRAME || length === 0) return Found.nothing;
    if (length <= MAX_NAME) {
      const old = this.#readOld(bytes, start, end);
      if (old !== Found.nothing) return old;
    }
    if (length < 9) return Found.nothing;
    const found = this.#readMessage(bytes, start + 4, Math.min(end, start + 4 + length));
    if (found === Found.more && end >= start + 4 + length) return Found.nothing;
    this.framedBytes = 4 + length;
    return found;
  }

  #readMessage(bytes: Uint8Array, at: number, end: number): Found {
    if (end - at < 4) return Found.more;
    if (bytes[at] === 0x80) return this.#readStrict(bytes, at, end);
    if (bytes[at] === 0x82) return this.#readCompact(bytes, at, end);
    return this.#readOld(bytes, at, end);
  }

  #readStrict(bytes: Uint8Array, at: number, end: number): Found {
    if (bytes[at + 1] !== 1 || bytes[at + 2] !== 0) return Found.nothing;
    if (end - at < 8) return Found.more;
    const length = u32be(bytes, at + 4);
    this.isStrict = true;
    this.isCompact = false;
    const found = this.#set(bytes, end, bytes[at + 3], at + 8, length, 4);
    if (found === Found.message) this.sequence = i32be(bytes, this.nameEnd);
    return found;
  }

  #readOld(bytes: Uint8Array, at: number, end: number): Found {
    const length = u32be(bytes, at);
    const typeAt = at + 4 + length;
    if (length > MAX_NAME) return Found.nothing;
    this.isStrict = this.isCompact = false;
    const found = this.#set(bytes, end, typeAt < end ? bytes[typeAt] : MessageType.call, at + 4, length, 5);
    if (found === Found.message) this.sequence = i32be(bytes, this.nameEnd + 1);
    return found;
  }

  #readCompact(bytes: Uint8Array, at: number, end: number): Found {
    const lengthAt = varintEnd(bytes, at + 2, end);
    const nameAt = lengthAt <= 0 ? lengthAt : varintEnd(bytes, lengthAt, end);
    if ((bytes[at + 1] & 0x1f) !== 1 || nameAt < 0) return Found.nothing;
    if (nameAt === 0) return Found.more;
    this.isStrict = false;
    this.isCompact = true;
    this.sequence = varint(bytes, at + 2) | 0;
    return this.#set(bytes, end, bytes[at + 1] >> 5, nameAt, varint(bytes, lengthAt), 0);
  }

  /** `behind` bytes of the head follow the name. */
  #set(bytes: Uint8Array, end: number, type: number, nameAt: number, length: number, behind: number): Found {
    if (type < MessageType.call || type > MessageType.oneWay || length === 0 || length > MAX_NAME) return Found.nothing;
    this.type = type;
    this.nameAt = nameAt;
    this.nameEnd = nameAt + length;
    this.bodyAt = this.nameEnd + behind;
    for (let i = nameAt; i < this.nameEnd && i < end; i++) if (!isNameByte(bytes[i])) return Found.nothing;
    return this.bodyAt > end ? Found.more : Found.message;
  }
}

/** Of names like `shop.Items:find_all`. */
function isNameByte(byte: number): boolean {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (byte >= 0x30 && byte <= 0x3a) || byte === 0x5f || byte === 0x2e || byte === 0x2d || byte === 0x2f;
}
