import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import type { QuicVersion } from './versions.ts';

const SAMPLE_BYTES = 16;
const TAG_BYTES = 16;

const BLOCK_BYTES = 64;

/** HMAC (RFC 2104) with SHA-256, of a key of at most 64 bytes: of two hashes at once it takes a quarter of `createHmac`'s time. */
function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  const inner = hash('sha256', Buffer.concat([padded(key, 0x36), data]), 'buffer');
  return hash('sha256', Buffer.concat([padded(key, 0x5c), inner]), 'buffer');
}

function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES, pad);
  for (let i = 0; i < key.length; i++) block[i] ^= key[i];
  return block;
}

/** HKDF-Expand-Label (RFC 8446 7.1) of up to 32 bytes, without context. */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return Uint8Array.from(hmac(secret, info).subarray(0, length)); // so small, it lives in the heap, without a buffer of its own
}

/**
 * Keys of the Initial packets of one side. They come from the connection id that the client chose first, so that everybody
 * who sees it has them (RFC 9001 5.2).
 */
export class InitialKeys {
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  readonly #header: Uint8Array;

  constructor(version: QuicVersion, connectionId: Uint8Array, side: 'client' | 'server') {
    const initial = hmac(version.salt, connectionId); // HKDF-Extract
    const secret = expandLabel(initial, `${side} in`, 32);
    this.#key = expandLabel(secret, `${version.labelPrefix} key`, 16);
    this.#iv = expandLabel(secret, `${version.labelPrefix} iv`, 12);
    this.#header = expandLabel(secret, `${version.labelPrefix} hp`, 16);
  }

  /**
   * The frames of the packet [start, end), whose number is at `numberAt`; null if these are not its keys. Header
   * protection goes first (RFC 9001 5.4), then AES-128-GCM (5.3).
   */
  open(bytes: Uint8Array, start: number, numberAt: number, end: number): Buffer | null {
    const sample = numberAt + 4;
    if (end - sample < SAMPLE_BYTES) return null;
    const cipher = createCipheriv('aes-128-ecb', this.#header, null).setAutoPadding(false);
    const mask = cipher.update(bytes.subarray(sample, sample + SAMPLE_BYTES));
    const header = Buffer.from(bytes.subarray(start, numberAt + 4));
    header[0] ^= mask[0] & 0x0f;
    const numberBytes = (header[0] & 3) + 1;
    const nonce = Buffer.from(this.#iv);
    for (let i = 0; i < numberBytes; i++) {
      header[numberAt - start + i] ^= mask[1 + i];
      nonce[12 - numberBytes + i] ^= header[numberAt - start + i];
    }
    const body = numberAt + numberBytes;
    if (end - body < TAG_BYTES) return null;
    const decipher = createDecipheriv('aes-128-gcm', this.#key, nonce);
    decipher.setAAD(header.subarray(0, numberAt - start + numberBytes));
    decipher.setAuthTag(bytes.subarray(end - TAG_BYTES, end));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(body, end - TAG_BYTES)), decipher.final()]);
    } catch {
      return null; // the tag does not fit: other keys, or damaged
    }
  }
}
