import { SKIP } from '@flowloom/records';
import { type FlowLogs, FlowWindow, type TaggedFlows } from './flow-window.ts';
import { minuteOf, minuteUs } from './minute.ts';

export interface WindowOptions {
  /** How long after its end a minute stays open, in event time, µs. */
  readonly latenessUs: number;
  /** A row this far ahead of its record has a wrong clock: it moves no watermark and opens no minute. */
  readonly maxAheadUs: number;
}

/** What a partition's windows have finished. Rows are additive: a late one adds to what was handed out before. */
export interface ClosedMinute {
  readonly minuteUs: number;
  readonly rows: FlowLogs;
  /** Rows that came after their minute had been handed out, or from a clock far ahead. */
  readonly isLate: boolean;
}

/** How far a partition is: enough to go on elsewhere, with nothing lost and nothing repeated. */
export interface WindowPosition {
  /** First record that is still needed: the oldest of an open minute. */
  readonly offset: number;
  /** Next record that was not yet looked at. What is before it and in a closed minute has been handed out. */
  readonly processed: number;
  /** Event time up to which minutes are closed. */
  readonly watermarkUs: number;
}

/**
 * The open minutes of one partition.
 *
 * ```
 *   records   offset ------------- processed ------>
 *             | open minutes only  | everything
 *   minutes   closed . . . | watermark = latest row - lateness | open
 * ```
 *
 * Begun at a position, records before `processed` are read a second time: what lies in a closed minute is skipped.
 */
export class PartitionWindows {
  readonly #options: WindowOptions;
  readonly #open = new Map<number, { readonly window: FlowWindow; readonly firstOffset: number }>();
  #late = new Map<number, FlowWindow>();
  #watermarkUs: number;
  #processed: number;
  /** Next record to merge: a record that comes twice, because its commit failed, is merged once. */
  #merged: number;
  #targets = new Uint32Array(0);

  constructor(options: WindowOptions, from: WindowPosition = { offset: 0, processed: 0, watermarkUs: 0 }) {
    this.#options = options;
    this.#watermarkUs = from.watermarkUs;
    this.#processed = from.processed;
    this.#merged = from.offset;
  }

  get position(): WindowPosition {
    let offset = this.#processed;
    for (const { firstOffset } of this.#open.values()) offset = Math.min(offset, firstOffset);
    return { offset, processed: this.#processed, watermarkUs: this.#watermarkUs };
  }

  get openRows(): number {
    let rows = 0;
    for (const { window } of this.#open.values()) rows += window.rows.length;
    return rows;
  }

  /**
   * Takes in the ticks of one record. `recordedUs` is when the bus got the record: the same at every reading, so that a
   * clock ahead is judged alike; infinity where there is no such time. True when nobody has taken in the record before.
   */
  add(ticks: TaggedFlows, offset: number, recordedUs: number): boolean {
    if (offset < this.#merged) return false;
    this.#merged = offset + 1;
    const isRepeated = offset < this.#processed;
    const closedUs = minuteOf(this.#watermarkUs);
    const aheadUs = recordedUs + this.#options.maxAheadUs;
    const starts = ticks.columns.start_us.values;
    const minutes = new Set<number>();
    let latestUs = 0;
    for (let i = 0; i < ticks.length; i++) {
      minutes.add(minuteOf(starts[i]));
      if (starts[i] > latestUs && starts[i] <= aheadUs) latestUs = starts[i];
    }
    for (const minute of minutes) {
      const isLate = minute < closedUs;
      const isAhead = minute > aheadUs;
      if (isRepeated && (isLate || isAhead)) continue;
      this.#select(starts, ticks.length, minute);
      const window = isLate || isAhead ? this.#lateWindow(minute) : this.#openWindow(minute, offset);
      window.add(ticks, this.#targets, SKIP);
    }
    this.#processed = Math.max(this.#processed, offset + 1);
    this.advanceTo(latestUs - this.#options.latenessUs);
    return !isRepeated;
  }

  /** Moves the watermark, never back. What a partition without traffic needs. */
  advanceTo(watermarkUs: number): void {
    this.#watermarkUs = Math.max(this.#watermarkUs, watermarkUs);
  }

  /** Hands out the minutes that the watermark has passed, oldest first, and late rows. */
  takeClosed(): ClosedMinute[] {
    const late = this.#late;
    this.#late = new Map();
    const done = [...this.#open.keys()].filter((minute) => minute + minuteUs <= this.#watermarkUs);
    const closed = done.map((minute) => {
      const { window } = this.#open.get(minute)!;
      this.#open.delete(minute);
      return { minuteUs: minute, rows: window.finish(), isLate: false };
    });
    for (const window of late.values()) closed.push({ minuteUs: window.minuteUs, rows: window.finish(), isLate: true });
    return closed.sort((a, b) => a.minuteUs - b.minuteUs);
  }

  /** Closes everything: the input has ended. */
  flush(): ClosedMinute[] {
    for (const minute of this.#open.keys()) this.advanceTo(minute + minuteUs);
    return this.takeClosed();
  }

  /** Marks the rows of a minute as the ones to take. */
  #select(starts: Float64Array, length: number, minute: number): void {
    if (this.#targets.length < length) this.#targets = new Uint32Array(2 * length);
    for (let i = 0; i < length; i++) {
      this.#targets[i] = starts[i] >= minute && starts[i] < minute + minuteUs ? 0 : SKIP;
    }
  }

  #openWindow(minute: number, offset: number): FlowWindow {
    let open = this.#open.get(minute);
    if (!open) this.#open.set(minute, (open = { window: new FlowWindow(minute), firstOffset: offset }));
    return open.window;
  }

  #lateWindow(minute: number): FlowWindow {
    let window = this.#late.get(minute);
    if (!window) this.#late.set(minute, (window = new FlowWindow(minute)));
    return window;
  }
}
