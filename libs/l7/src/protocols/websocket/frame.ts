import { u16be, u64be } from '../../bytes/numbers.ts';

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Answers of `read` beside success. */
export const Read = { ok: 1, needMore: 0, wrong: -1 } as const;
export type Read = (typeof Read)[keyof typeof Read];

/** Longer payloads are declared by no one. */
const MAX_LENGTH = 2 ** 40;

/**
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
 *     |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
 *     |N|V|V|V|       |S|             |   (if payload len==126/127)   |
 *     | |1|2|3|       |K|             |                               |
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |            Masking-key, if MASK set to 1 (32)                 |
 *     +---------------------------------------------------------------+      RFC 6455 5.2
 */
export class Frame {
  fin = false;
  opcode = 0;
  masked = false;
  headerBytes = 0;
  length = 0;

  get isControl(): boolean {
    return this.opcode >= Opcode.close;
  }

  read(bytes: Uint8Array, start: number, end: number): Read {
    if (end - start < 2) return Read.needMore;
    const [first, second] = [bytes[start], bytes[start + 1]];
    this.fin = first >= 0x80;
    this.opcode = first & 15;
    this.masked = second >= 0x80;
    const short = second & 0x7f;
    if ((first & 0x30) !== 0 || this.opcode > Opcode.pong || (this.opcode > 2 && this.opcode < 8)) return Read.wrong;
    // RSV1 marks a compressed message (RFC 7692 6): never a control frame, which is never split or long (5.5) either.
    if (this.isControl && (!this.fin || short > 125 || (first & 0x40) !== 0)) return Read.wrong;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    this.headerBytes = 2 + lengthBytes + (this.masked ? 4 : 0);
    if (end - start < this.headerBytes) return Read.needMore;
    if (lengthBytes === 0) this.length = short;
    else this.length = lengthBytes === 2 ? u16be(bytes, start + 2) : u64be(bytes, start + 2);
    return this.length > MAX_LENGTH ? Read.wrong : Read.ok;
  }

  /** A byte of the payload, unmasked (5.3); `start` is where the frame starts. */
  payload(bytes: Uint8Array, start: number, index: number): number {
    const byte = bytes[start + this.headerBytes + index];
    return this.masked ? byte ^ bytes[start + this.headerBytes - 4 + (index & 3)] : byte;
  }
}
