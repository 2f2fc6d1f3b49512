import { readInteger, type VariableInteger } from './variable-integer.ts';

const FrameType = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6, connectionClose: 0x1c } as const;
/** A hello with post-quantum keys and padding is far smaller. */
const MAX_BYTES = 16 * 1024;
const MAX_PARTS = 64;
const integer: VariableInteger = { value: 0, next: -1 };

/** The handshake bytes of one side, put together from CRYPTO frames (RFC 9000 19.6) in whatever order. */
export class CryptoStream {
  /** Error code of a CONNECTION_CLOSE (19.19), -1 without one. */
  closeCode = -1;
  #parts: { offset: number; bytes: Uint8Array }[] = [];

  /** Takes the frames of one decrypted packet. What is kept of it is copied: much of it is padding. */
  read(frames: Uint8Array): void {
    let at = 0;
    while (at >= 0 && at < frames.length) {
      const type = frames[at++];
      if (type === FrameType.ack || type === FrameType.ackEcn)
        at = this.#skipAck(frames, at, type === FrameType.ackEcn);
      else if (type === FrameType.crypto) at = this.#crypto(frames, at);
      else if (type === FrameType.connectionClose) {
        readInteger(integer, frames, at, frames.length);
        if (integer.next >= 0) this.closeCode = integer.value;
        return;
      } else if (type > FrameType.ping) return; // not allowed in Initial packets (12.4)
    }
  }

  /** The bytes from the first on, as far as they are known without a hole. */
  bytes(): Buffer {
    const known: Uint8Array[] = [];
    let next = 0;
    for (const { offset, bytes } of this.#parts.sort((a, b) => a.offset - b.offset)) {
      if (offset > next) break;
      if (offset + bytes.length <= next) continue;
      known.push(bytes.subarray(next - offset));
      next = offset + bytes.length;
    }
    return Buffer.concat(known);
  }

  #crypto(frames: Uint8Array, at: number): number {
    readInteger(integer, frames, at, frames.length);
    const offset = integer.value;
    readInteger(integer, frames, integer.next, frames.length);
    if (integer.next < 0) return -1;
    const from = integer.next;
    const end = from + integer.value;
    if (end > frames.length) return -1;
    if (offset + integer.value <= MAX_BYTES && this.#parts.length < MAX_PARTS)
      this.#parts.push({ offset, bytes: Uint8Array.from(frames.subarray(from, end)) });
    return end;
  }

  /** Largest, delay, count, first range, then two integers for each further range, and three for ECN (19.3). */
  #skipAck(frames: Uint8Array, at: number, ecn: boolean): number {
    let integers = 4;
    for (let i = 0; i < integers && at >= 0; i++) {
      readInteger(integer, frames, at, frames.length);
      at = integer.next;
      if (i === 2) integers = 4 + 2 * integer.value + (ecn ? 3 : 0);
    }
    return at;
  }
}
