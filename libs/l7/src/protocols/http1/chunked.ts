const LF = 0x0a;
/** A chunk line with its extensions. */
const MAX_LINE = 4096;

/** Line `<hex>[;extensions]` before each chunk (RFC 9112 7.1): its length, and the chunk's. */
export interface ChunkLine {
  /** Bytes of the line; 0 if its end is not there yet, -1 if it is none. */
  lineBytes: number;
  size: number;
}

/** Reads into `into`, which is re-used. */
export function readChunkLine(into: ChunkLine, bytes: Uint8Array, start: number, end: number): void {
  let size = 0;
  let digits = 0;
  let at = start;
  for (; at < end; at++, digits++) {
    const value = hexValue(bytes[at]);
    if (value < 0) break;
    size = size * 16 + value;
  }
  into.size = size;
  if (digits > 12 || (digits === 0 && at < end)) into.lineBytes = -1;
  else {
    while (at < end && bytes[at] !== LF) at++;
    if (at < end) into.lineBytes = at + 1 - start;
    else into.lineBytes = at - start > MAX_LINE ? -1 : 0;
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
