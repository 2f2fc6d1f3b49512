import type { FlowMetrics } from './metrics.ts';
import { seqAfter, seqBefore } from './sequence.ts';

/** Gaps of one side that are remembered at most: more mean that the capture is lossy, not that packets are reordered. */
const maxGapsPerSide = 16;

/**
 * Ranges of sequence numbers that were jumped over, as lists in one pool of fixed size: a segment that fills one was
 * late, a segment outside of all was there before. A list is a number, the index of its first range, 0 when empty; the
 * ranges are in order.
 */
export class Gaps {
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  readonly #next: Uint32Array;
  #free = 0;
  #used = 0;
  readonly #metrics: FlowMetrics;

  constructor(capacity: number, metrics: FlowMetrics) {
    this.#metrics = metrics;
    this.#start = new Uint32Array(capacity + 1);
    this.#end = new Uint32Array(capacity + 1);
    this.#next = new Uint32Array(capacity + 1);
  }

  /** Adds [start, end), which lies behind all ranges of the list; returns the list. */
  append(list: number, start: number, end: number): number {
    if (this.#length(list) >= maxGapsPerSide) {
      list = this.#release(list);
      this.#metrics.gapsForgotten++;
    }
    let last = list;
    while (last !== 0 && this.#next[last] !== 0) last = this.#next[last];
    const gap = this.#allocate(start, end);
    if (gap === 0) this.#metrics.gapsForgotten++;
    else if (list === 0) return gap;
    else this.#next[last] = gap;
    return list;
  }

  /** Adds [start, end), which lies before all ranges of the list; returns the list. */
  prepend(list: number, start: number, end: number): number {
    const gap = this.#length(list) < maxGapsPerSide ? this.#allocate(start, end) : 0;
    if (gap === 0) {
      this.#metrics.gapsForgotten++;
      return list;
    }
    this.#next[gap] = list;
    return gap;
  }

  /** Any sequence number of [start, end) lies in a gap. */
  overlaps(list: number, start: number, end: number): boolean {
    for (let gap = list; gap !== 0; gap = this.#next[gap]) {
      if (seqBefore(this.#start[gap], end) && seqAfter(this.#end[gap], start)) return true;
    }
    return false;
  }

  /** Takes [start, end) out of the gaps; returns the list. */
  fill(list: number, start: number, end: number): number {
    let previous = 0;
    for (let gap = list; gap !== 0; ) {
      const next = this.#next[gap];
      if (seqBefore(this.#start[gap], end) && seqAfter(this.#end[gap], start)) {
        const startsInside = seqAfter(start, this.#start[gap]);
        const endsInside = seqBefore(end, this.#end[gap]);
        if (startsInside && endsInside) this.#split(gap, start, end);
        else if (startsInside) this.#end[gap] = start;
        else if (endsInside) this.#start[gap] = end;
        else {
          this.#release(gap);
          if (previous === 0) list = next;
          else this.#next[previous] = next;
          gap = next;
          continue;
        }
      }
      previous = gap;
      gap = next;
    }
    return list;
  }

  /** Forgets everything before `seq`, which the receiver has; returns the list. */
  acknowledge(list: number, seq: number): number {
    while (list !== 0 && !seqAfter(this.#end[list], seq)) list = this.#release(list);
    if (list !== 0 && seqBefore(this.#start[list], seq)) this.#start[list] = seq;
    return list;
  }

  clear(list: number): void {
    while (list !== 0) list = this.#release(list);
  }

  #length(list: number): number {
    let length = 0;
    for (let gap = list; gap !== 0; gap = this.#next[gap]) length++;
    return length;
  }

  #split(gap: number, start: number, end: number): void {
    const upper = this.#allocate(end, this.#end[gap]);
    this.#end[gap] = start;
    if (upper === 0) {
      this.#metrics.gapsForgotten++;
      return;
    }
    this.#next[upper] = this.#next[gap];
    this.#next[gap] = upper;
  }

  #allocate(start: number, end: number): number {
    let gap = this.#free;
    if (gap !== 0) this.#free = this.#next[gap];
    else if (this.#used + 1 < this.#start.length) gap = ++this.#used;
    else return 0;
    this.#start[gap] = start;
    this.#end[gap] = end;
    this.#next[gap] = 0;
    return gap;
  }

  /** Gives one range back; returns the one behind it. */
  #release(gap: number): number {
    const next = this.#next[gap];
    this.#next[gap] = this.#free;
    this.#free = gap;
    return next;
  }
}
