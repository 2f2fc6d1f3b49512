/** Strings one behind the other in UTF-8, and where each begins: Arrow's Utf8 layout. */
export interface TextBytes {
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/** The first `length` strings. */
export function textBytes(texts: readonly string[], length: number): TextBytes {
  const offsets = new Int32Array(length + 1);
  let most = 0;
  for (let i = 0; i < length; i++) most += texts[i].length * 3;
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (let i = 0; i < length; i++) {
    if (texts[i] !== '') at += bytes.write(texts[i], at, 'utf8');
    offsets[i + 1] = at;
  }
  return { offsets, bytes: bytes.subarray(0, at) };
}
