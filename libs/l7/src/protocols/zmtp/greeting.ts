import { text } from '../../bytes/text.ts';

export const GREETING = 64;

/**
 * ZMTP 3.1 section "Greeting":
 *
 *     +---------------+------------+---------------+--------------+------------+
 *     | signature, 10 | version, 2 | mechanism, 20 | as server, 1 | filler, 31 |
 *     +---------------+------------+---------------+--------------+------------+
 */
export function isGreeting(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0xff && bytes[start + 9] === 0x7f && bytes[start + 10] === 3;
}

export const versionOf = (bytes: Uint8Array, start: number): string => `3.${bytes[start + 11]}`;

export function mechanismOf(bytes: Uint8Array, start: number): string {
  let end = start + 12;
  while (end < start + 32 && bytes[end] !== 0) end++;
  return text(bytes, start + 12, end);
}
