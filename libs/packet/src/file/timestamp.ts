const TWO_32 = 0x1_0000_0000;

/**
 * Turns the 64-bit timestamps of one pcapng interface into µs and ns, without BigInt and without loss.
 *
 * The unit is `if_tsresol`: 10^-n seconds, or 2^-n with the highest bit set (draft-ietf-opsawg-pcapng 4.2);
 * `if_tsoffset` is added, seconds.
 */
export class Timestamp {
  us = 0;
  nanosPastUs = 0;
  readonly #resolution: number;
  readonly #isBinary: boolean;
  readonly #offsetUs: number;
  #high = 0;
  #low = 0;

  constructor(resolution: number, offsetSeconds: number) {
    this.#isBinary = (resolution & 0x80) !== 0;
    this.#resolution = resolution & 0x7f;
    this.#offsetUs = offsetSeconds * 1e6;
  }

  /**
   * Sets `us` and `nanosPastUs` from the two halves of a timestamp. One with the highest bit set is read as negative:
   * written so where the clock began after the first packet.
   */
  set(high: number, low: number): void {
    this.nanosPastUs = 0;
    if (high >= 0x8000_0000) {
      this.#setNegative(high, low);
      return;
    }
    // 2^53 µs is the year 2255: up to there a double is exact.
    if (this.#resolution === 6 && !this.#isBinary && high < 0x20_0000) {
      this.us = high * TWO_32 + low + this.#offsetUs;
      return;
    }
    this.#high = high;
    this.#low = low;
    if (this.#isBinary) this.#fromBinary();
    else this.#fromDecimal();
    this.us += this.#offsetUs;
  }

  #setNegative(high: number, low: number): void {
    const offset = this.#offsetUs;
    this.set(~high + (low === 0 ? 1 : 0), -low >>> 0);
    const towardsZero = this.nanosPastUs === 0 ? 0 : 1;
    this.us = 2 * offset - this.us - towardsZero;
    this.nanosPastUs = towardsZero * 1000 - this.nanosPastUs;
  }

  #fromDecimal(): void {
    let digits = this.#resolution;
    for (; digits > 9; digits -= Math.min(9, digits - 9)) this.#divide(10 ** Math.min(9, digits - 9));
    const fraction = this.#divide(10 ** digits);
    this.#seconds(fraction * 10 ** (9 - digits));
  }

  #fromBinary(): void {
    let bits = this.#resolution;
    for (; bits > 32; bits -= Math.min(16, bits - 32)) this.#divide(2 ** Math.min(16, bits - 32));
    const fraction = this.#divide(2 ** bits);
    // fraction * 10^9 / 2^bits in two exact parts: 10^9 = 15258 * 2^16 + 51712.
    const upper = (fraction * 15_258 * 0x1_0000) / 2 ** bits;
    const lower = (fraction * 51_712) / 2 ** bits;
    const whole = Math.floor(upper);
    this.#seconds(whole + Math.floor(upper - whole + lower));
  }

  /** `#high` and `#low` hold seconds. */
  #seconds(nanos: number): void {
    const us = Math.floor(nanos / 1000);
    this.us = (this.#high * TWO_32 + this.#low) * 1e6 + us;
    this.nanosPastUs = nanos - us * 1000;
  }

  /** Divides the 64-bit integer in `#high` and `#low` by up to 2^37; returns the remainder. */
  #divide(by: number): number {
    const high = Math.floor(this.#high / by);
    const middle = (this.#high - high * by) * 0x1_0000 + Math.floor(this.#low / 0x1_0000);
    const quotient = Math.floor(middle / by);
    const rest = (middle - quotient * by) * 0x1_0000 + (this.#low % 0x1_0000);
    const last = Math.floor(rest / by);
    this.#high = high;
    this.#low = quotient * 0x1_0000 + last;
    return rest - last * by;
  }
}
