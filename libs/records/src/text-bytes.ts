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

/** The strings again; undefined where an offset points outside the bytes or backwards. */
export function readTexts({ offsets, bytes }: TextBytes, length: number): string[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = new Array<string>(length);
  for (let i = 0; i < length; i++) {
    const start = offsets[i];
    const end = offsets[i + 1];
    if (!(start >= 0 && start <= end && end <= buffer.length)) return undefined;
    texts[i] = start === end ? '' : buffer.toString('utf8', start, end);
  }
  return texts;
}
