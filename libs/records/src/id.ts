import { hexOfWord } from './hex.ts';

/** The 16 lower-case hex digits of an id in an `id` column; '' where it is absent. */
export function idText(words: Uint32Array, row: number): string {
  const high = words[2 * row];
  const low = words[2 * row + 1];
  return (high | low) === 0 ? '' : hexOfWord(high) + hexOfWord(low);
}

/** Writes an id of 16 hex digits into a row; false (and nothing written) where the text is none. */
export function parseId(text: string, words: Uint32Array, row: number): boolean {
  if (!/^[0-9a-f]{16}$/i.test(text)) return false;
  words[2 * row] = Number.parseInt(text.slice(0, 8), 16);
  words[2 * row + 1] = Number.parseInt(text.slice(8), 16);
  return true;
}
