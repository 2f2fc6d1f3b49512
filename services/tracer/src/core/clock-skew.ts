import type { Observation } from './observation.ts';

/** Estimates are renewed after this long, as clocks drift. */
const WINDOW_US = 60e6;
const MAX_PAIRS = 100_000;

/** Corrections with which the far side's view lies inside the near side's: at least `low`, at most `high`. */
interface Range {
  low: number;
  high: number;
}

interface Pair {
  readonly current: Range;
  readonly previous: Range;
  turnUs: number;
}

/**
 * How far the clocks of two hosts are apart, from the exchanges that both saw. A request cannot arrive before it was sent
 * nor an answer be sent after it arrived: each shared exchange bounds the difference from both sides, and their
 * intersection is the narrower the more they share. Clocks that agree with every exchange are left alone; else the
 * middle of the range is the estimate (as NTP's, RFC 5905 8).
 */
export class ClockSkew {
  /** By the near host, then by the far one. */
  #pairs = new Map<string, Map<string, Pair>>();
  #size = 0;

  /**
   * Microseconds to add to the far host's times, such that these two views of one exchange nest; learns from them. Where
   * one saw no response, its end says nothing.
   */
  correction(near: Observation, far: Observation, atUs: number): number {
    const low = near.start_us - far.start_us;
    const answered = near.has_response && far.has_response;
    const high = answered ? near.end_us - far.end_us : Number.POSITIVE_INFINITY;
    const isPossible = low <= high;
    const pair = this.#pair(near.agent, far.agent, answered && isPossible, low, high, atUs);
    const estimate = pair === undefined ? middle(low, high) : estimateOf(pair);
    return isPossible ? Math.min(Math.max(estimate, low), high) : estimate;
  }

  /** What is known of two hosts, with what these bounds tell where they are to be learnt from. */
  #pair(near: string, far: string, learns: boolean, low: number, high: number, atUs: number): Pair | undefined {
    const pair = this.#pairs.get(near)?.get(far);
    if (!learns) return pair;
    if (pair === undefined) return this.#add(near, far, low, high, atUs);
    const { current, previous } = pair;
    if (atUs - pair.turnUs > WINDOW_US) {
      set(previous, current.low, current.high);
      set(current, low, high);
      pair.turnUs = atUs;
    } else if (low > current.high || high < current.low) set(current, low, high);
    else set(current, Math.max(current.low, low), Math.min(current.high, high));
    return pair;
  }

  #add(near: string, far: string, low: number, high: number, turnUs: number): Pair {
    if (this.#size >= MAX_PAIRS) {
      this.#pairs = new Map();
      this.#size = 0;
    }
    const pair = { current: { low, high }, previous: { low, high }, turnUs };
    const known = this.#pairs.get(near);
    if (known) known.set(far, pair);
    else this.#pairs.set(near, new Map([[far, pair]]));
    this.#size++;
    return pair;
  }
}

function set(range: Range, low: number, high: number): void {
  range.low = low;
  range.high = high;
}

/** Of both windows together, if they agree, else of the current one. */
function estimateOf({ current, previous }: Pair): number {
  const low = Math.max(current.low, previous.low);
  const high = Math.min(current.high, previous.high);
  return low <= high ? middle(low, high) : middle(current.low, current.high);
}

function middle(low: number, high: number): number {
  if (low <= 0 && high >= 0) return 0;
  return high === Number.POSITIVE_INFINITY ? low : Math.round((low + high) / 2);
}
