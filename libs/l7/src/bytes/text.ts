const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as Record<
  'latin1Slice' | 'utf8Slice',
  (this: Uint8Array, start: number, end: number) => string
>;

/** Text of [start, end): UTF-8 where it is not plain ASCII; at most `limit` bytes of it. */
export function text(bytes: Uint8Array, start: number, end: number, limit = 1024): string {
  if (end - start > limit) end = start + limit;
  for (let i = start; i < end; i++) if (bytes[i] > 0x7f) return utf8Slice.call(bytes, start, end);
  return ascii(bytes, start, end);
}

/** Text of [start, end), one character a byte. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > 12) return latin1Slice.call(bytes, start, end);
  let result = '';
  for (let i = start; i < end; i++) result += String.fromCharCode(bytes[i]);
  return result;
}

/** The same text in memory of its own: one that was cut out of another keeps all of that alive. For what a connection remembers. */
export const ownText = (cut: string): string => Buffer.from(cut, 'utf8').toString('utf8');

/** True if the bytes at `start` are this ASCII text, and lie before `end`. */
export function startsWith(bytes: Uint8Array, start: number, end: number, wanted: string): boolean {
  if (end - start < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted.charCodeAt(i)) return false;
  return true;
}

/** The same, where the bytes may be of either case; `wanted` in lower case. */
export function startsWithIgnoringCase(bytes: Uint8Array, start: number, end: number, wanted: string): boolean {
  if (end - start < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    const byte = bytes[start + i];
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== wanted.charCodeAt(i)) return false;
  }
  return true;
}

/** Index of a byte in [start, end), or -1. */
export function indexOf(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return i;
  return -1;
}
