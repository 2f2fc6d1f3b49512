/**
 * 64-bit ids made from what was observed, so that a replay gives the same ones: two independent 32-bit hashes in the
 * manner of MurmurHash3 over the same words.
 */
export class FlowIdHash {
  high = 0;
  low = 0;

  begin(seed: number): void {
    this.high = seed | 0;
    this.low = ~seed;
  }

  add(word: number): void {
    this.high = mix(this.high, word, 0xcc9e2d51, 0x1b873593);
    this.low = mix(this.low, word, 0x85ebca6b, 0xc2b2ae35);
  }

  /** A time, µs since the epoch. */
  addTime(us: number): void {
    this.add(us >>> 0);
    this.add(Math.floor(us / 0x1_0000_0000) >>> 0);
  }

  finish(): void {
    this.high = finish(this.high);
    this.low = finish(this.low);
    if ((this.high | this.low) === 0) this.low = 1; // all zero means absent
  }
}

/** A 32-bit hash of a name (FNV-1a over UTF-16 units). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function mix(hash: number, word: number, c1: number, c2: number): number {
  let k = Math.imul(word, c1);
  k = Math.imul((k << 15) | (k >>> 17), c2);
  hash ^= k;
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
