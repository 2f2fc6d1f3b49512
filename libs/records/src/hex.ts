const digits = '0123456789abcdef';

/** The hex text of each byte value: `hexOfByte[10]` is `0a`. */
export const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, i) => digits[i >> 4] + digits[i & 15]);

/** 8 hex digits of a 32-bit word. */
export function hexOfWord(word: number): string {
  return (
    hexOfByte[word >>> 24] + hexOfByte[(word >>> 16) & 255] + hexOfByte[(word >>> 8) & 255] + hexOfByte[word & 255]
  );
}
