/** Integers at an offset; the caller has checked that they lie before the end of the view. */
export const u16be = (bytes: Uint8Array, at: number): number => (bytes[at] << 8) | bytes[at + 1];
export const u24be = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
export const i32be = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
export const u32be = (bytes: Uint8Array, at: number): number => i32be(bytes, at) >>> 0;
/** 64 bits, rounded above 2^53. */
export const u64be = (bytes: Uint8Array, at: number): number => u32be(bytes, at) * 0x1_0000_0000 + u32be(bytes, at + 4);

export const u16le = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8);
export const u24le = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
export const i32le = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
export const u32le = (bytes: Uint8Array, at: number): number => i32le(bytes, at) >>> 0;
/** 64 bits, rounded above 2^53. */
export const u64le = (bytes: Uint8Array, at: number): number => u32le(bytes, at + 4) * 0x1_0000_0000 + u32le(bytes, at);
