/** Numbers of a column as bytes of the wire, and back. No BigInt: rows are millions. */

const two32 = 0x1_0000_0000;

/** Little-endian 64-bit integers (two's complement). */
export function int64Bytes(values: Float64Array, length: number): Uint32Array {
  const words = new Uint32Array(2 * length);
  for (let i = 0; i < length; i++) {
    const value = values[i];
    words[2 * i] = value;
    words[2 * i + 1] = Math.floor(value / two32);
  }
  return words;
}

export function readInt64(words: Uint32Array, into: Float64Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = (words[2 * i + 1] | 0) * two32 + words[2 * i];
}

/** 32-bit words, most significant byte first: swaps in place of a copy. */
export function bigEndianBytes(words: Uint32Array, length: number): Uint8Array {
  return Buffer.from(words.slice(0, length).buffer).swap32();
}

export function readBigEndian(bytes: Uint8Array, into: Uint32Array, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4 * length);
  for (let i = 0; i < length; i++) into[at + i] = view.getUint32(4 * i);
}

/** 6 bytes each, most significant first. */
export function macBytes(values: Float64Array, length: number): Uint8Array {
  const bytes = new Uint8Array(6 * length);
  for (let i = 0, at = 0; i < length; i++) {
    const high = Math.floor(values[i] / two32);
    const low = values[i] >>> 0;
    bytes[at++] = high >>> 8;
    bytes[at++] = high;
    bytes[at++] = low >>> 24;
    bytes[at++] = low >>> 16;
    bytes[at++] = low >>> 8;
    bytes[at++] = low;
  }
  return bytes;
}

export function readMacs(bytes: Uint8Array, into: Float64Array, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6 * length);
  for (let i = 0; i < length; i++) into[at + i] = view.getUint16(6 * i) * two32 + view.getUint32(6 * i + 2);
}

/** Least significant bit first, as Arrow has it. */
export function bitBytes(values: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array((length + 7) >> 3);
  for (let i = 0; i < length; i++) if (values[i] !== 0) bytes[i >> 3] |= 1 << (i & 7);
  return bytes;
}

export function readBits(bytes: Uint8Array, into: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = (bytes[i >> 3] >> (i & 7)) & 1;
}
