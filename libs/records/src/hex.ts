const digits = '0123456789abcdef';
const codes = Buffer.from(digits);

/** The hex text of each byte value: `hexOfByte[10]` is `0a`. */
export const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, i) => digits[i >> 4] + digits[i & 15]);

/** 8 hex digits of a 32-bit word. */
export function hexOfWord(word: number): string {
  return (
    hexOfByte[word >>> 24] + hexOfByte[(word >>> 16) & 255] + hexOfByte[(word >>> 8) & 255] + hexOfByte[word & 255]
  );
}

/** Writes the 2 hex digits of a byte at `at`; returns where they end. */
export function writeHexByte(out: Uint8Array, at: number, byte: number): number {
  out[at] = codes[byte >>> 4];
  out[at + 1] = codes[byte & 15];
  return at + 2;
}

/** Writes the 8 hex digits of a 32-bit word of either sign at `at`; returns where they end. */
export function writeHexWord(out: Uint8Array, at: number, word: number): number {
  for (let shift = 28; shift >= 0; shift -= 4) out[at++] = codes[(word >>> shift) & 15];
  return at;
}

/** The signed word of the 8 hex digits of either case at `at`. */
export function wordOfHex(text: string, at: number): number {
  let word = 0;
  for (let i = at; i < at + 8; i++) {
    const code = text.charCodeAt(i);
    word = (word << 4) | (code < 58 ? code - 48 : (code | 32) - 87);
  }
  return word;
}
