/**
 * Id of a request, 64 bits in two words: made from its flow and what the request itself shows, so that every replay of
 * the same packets gives the same id.
 */
export class RequestIdHash {
  high = 0;
  low = 0;

  begin(high: number, low: number): void {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(word: number): void {
    this.high = mix(this.high ^ word, 0x85ebca6b);
    this.low = mix(this.low ^ this.high, 0xc2b2ae35);
  }

  /** A time in µs: more than 32 bits. */
  addTime(us: number): void {
    this.add(us | 0);
    this.add((us / 0x1_0000_0000) | 0);
  }

  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
  }

  /** Makes sure that the id is not all zero, which would mean absent. */
  finish(): void {
    if ((this.high | this.low) === 0) this.low = 1;
  }
}

/** The finalizer of MurmurHash3: every bit of the word moves every bit of the result. */
function mix(word: number, multiplier: number): number {
  const mixed = Math.imul(word ^ (word >>> 16), multiplier);
  return mixed ^ (mixed >>> 13);
}
