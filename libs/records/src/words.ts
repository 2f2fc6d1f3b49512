/** Numbers of a column as bytes of the wire, and back. No BigInt: rows are millions. */

const two32 = 0x1_0000_0000;

/** Little-endian 64-bit integers (two's complement) of the rows [start, end), from word `at` on. */
export function writeInt64(values: Float64Array, start: number, end: number, into: Uint32Array, at: number): void {
  for (let i = start; i < end; i++) {
    const value = values[i];
    into[at++] = value;
    into[at++] = Math.floor(value / two32);
  }
}

export function readInt64(words: Uint32Array, into: Float64Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = (words[2 * i + 1] | 0) * two32 + words[2 * i];
}

/** The words [start, end), most significant byte first, from word `at` on. */
export function writeBigEndian(words: Uint32Array, start: number, end: number, into: Uint32Array, at: number): void {
  for (let i = start; i < end; i++) into[at++] = swapped(words[i]);
}

/** The four bytes of a word in the other order. Signed. */
export function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

export function readBigEndian(bytes: Uint8Array, into: Uint32Array, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4 * length);
  for (let i = 0; i < length; i++) into[at + i] = view.getUint32(4 * i);
}

/** 6 bytes each, most significant first, from byte `at` on. */
export function writeMacs(values: Float64Array, start: number, end: number, bytes: Uint8Array, at: number): void {
  for (let i = start; i < end; i++) {
    const high = Math.floor(values[i] / two32);
    const low = values[i] >>> 0;
    bytes[at++] = high >>> 8;
    bytes[at++] = high;
    bytes[at++] = low >>> 24;
    bytes[at++] = low >>> 16;
    bytes[at++] = low >>> 8;
    bytes[at++] = low;
  }
}

export function readMacs(bytes: Uint8Array, into: Float64Array, at: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6 * length);
  for (let i = 0; i < length; i++) into[at + i] = view.getUint16(6 * i) * two32 + view.getUint32(6 * i + 2);
}

/** Least significant bit first, as Arrow has it, from byte `at` on. */
export function writeBits(values: Uint8Array, start: number, end: number, bytes: Uint8Array, at: number): void {
  bytes.fill(0, at, at + ((end - start + 7) >> 3));
  for (let i = start; i < end; i++) if (values[i] !== 0) bytes[at + ((i - start) >> 3)] |= 1 << ((i - start) & 7);
}

export function readBits(bytes: Uint8Array, into: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = (bytes[i >> 3] >> (i & 7)) & 1;
}
