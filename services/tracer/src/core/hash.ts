import { hexOfWord } from '@flowloom/records';

/** The finalizer of MurmurHash3 (32 bits). */
export function mix(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** FNV-1a's step with MurmurHash3's finalizer over it, in two lanes that start and step differently. */
function lane(text: string, seed: number, prime: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime);
  return mix(hash) >>> 0;
}

/** 16 hex digits that depend on the text alone and are never all zero: an id that every replay gives again. */
export function hash64(text: string): string {
  const high = lane(text, 0x811c9dc5, 0x01000193);
  const low = lane(text, 0x9e3779b9, 0x5bd1e995);
  return hexOfWord(high) + hexOfWord(high === 0 && low === 0 ? 1 : low);
}

/** 32 hex digits, likewise. */
export function hash128(text: string): string {
  return hash64(`a${text}`) + hash64(`b${text}`);
}
