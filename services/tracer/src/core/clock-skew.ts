import type { Exchange } from './exchange.ts';

/** Estimates are renewed after this long, as clocks drift. */
const WINDOW_US = 60e6;
const MAX_PAIRS = 100_000;

/** Corrections with which the far side's view lies inside the near side's: at least `low`, at most `high`. */
export interface Range {
  low: number;
  high: number;
}

interface Pair {
  current: Range;
  previous: Range;
  turnUs: number;
}

/**
 * How far the clocks of two hosts are apart, from the exchanges that both saw. A request cannot arrive before it was sent
 * nor an answer be sent after it arrived: each shared exchange bounds the difference from both sides, and their
 * intersection is the narrower the more they share. Clocks that agree with every exchange are left alone; else the
 * middle of the range is the estimate (as NTP's, RFC 5905 8).
 */
export class ClockSkew {
  readonly #pairs = new Map<string, Pair>();

  /** Learns from two neighbouring views of one exchange. */
  learn(near: string, far: string, range: Range, atUs: number): void {
    if (range.low > range.high) return;
    const key = `${near}\0${far}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      if (this.#pairs.size >= MAX_PAIRS) this.#pairs.clear();
      pair = { current: { ...range }, previous: { ...range }, turnUs: atUs };
      this.#pairs.set(key, pair);
    } else if (atUs - pair.turnUs > WINDOW_US) {
      pair.previous = pair.current;
      pair.current = { ...range };
      pair.turnUs = atUs;
    } else pair.current = intersect(pair.current, range) ?? { ...range };
  }

  /** Microseconds to add to the far host's times, such that this exchange's views nest. */
  correction(near: string, far: string, range: Range): number {
    const pair = this.#pairs.get(`${near}\0${far}`);
    const known = pair ? (intersect(pair.current, pair.previous) ?? pair.current) : range;
    const estimate = middle(known);
    return range.low > range.high ? estimate : Math.min(Math.max(estimate, range.low), range.high);
  }
}

function middle({ low, high }: Range): number {
  if (low <= 0 && high >= 0) return 0;
  return high === Number.POSITIVE_INFINITY ? low : Math.round((low + high) / 2);
}

function intersect(a: Range, b: Range): Range | undefined {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : undefined;
}

/** The range that two neighbouring observations of an exchange allow. A side without its response bounds one end only. */
export function rangeOf(exchange: Exchange, at: number): Range {
  const near = exchange.observations[at].row;
  const far = exchange.observations[at + 1].row;
  const answered = near.has_response && far.has_response;
  return { low: near.start_us - far.start_us, high: answered ? near.end_us - far.end_us : Number.POSITIVE_INFINITY };
}
