import { u24be } from '../../bytes/numbers.ts';

/** Certificate chains are longer than all else. */
const MAX_MESSAGE = 64 * 1024;
/** Nobody cuts a message into more records than an attacker. */
const MAX_PARTS = 32;

export const HandshakeType = { clientHello: 1, serverHello: 2, certificate: 11, finished: 20 } as const;

export interface HandshakeMessage {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Body, behind type and length. */
  readonly start: number;
  readonly end: number;
}

/** Handshake messages of one direction: records may hold several of them, or a part of one (RFC 8446 5.1). */
export class HandshakeMessages {
  #rest: Uint8Array | null = null;
  #parts = 0;

  /** The messages that the fragment [start, end) completes, or all it has of them if `cut`. Bytes are borrowed. */
  *read(bytes: Uint8Array, start: number, end: number, cut: boolean): Generator<HandshakeMessage> {
    if (this.#rest !== null) {
      bytes = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
      start = 0;
      end = bytes.length;
      this.#rest = null;
    }
    while (end - start >= 4) {
      const next = start + 4 + u24be(bytes, start + 1);
      if (next > end && !cut) break;
      yield { type: bytes[start], bytes, start: start + 4, end: Math.min(next, end) };
      start = next;
      this.#parts = 0;
    }
    this.#parts = start < end ? this.#parts + 1 : 0;
    if (cut || start === end || end - start > MAX_MESSAGE || this.#parts > MAX_PARTS) return;
    this.#rest = Uint8Array.from(bytes.subarray(start, end));
  }
}
