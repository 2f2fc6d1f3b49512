import type { L7Stats } from './stats.ts';
import type { View } from './view.ts';

/** Bytes of a message that spans segments: copied, in order, with the time of each segment. Exists only while needed. */
export class HeldBytes {
  #bytes: Uint8Array;
  #start = 0;
  #end = 0;
  /** Indices at which a segment ended, and its time, in pairs. */
  readonly #marks: number[] = [];
  readonly #stats: L7Stats;

  constructor(stats: L7Stats, capacity: number) {
    this.#stats = stats;
    this.#bytes = new Uint8Array(roundUp(capacity));
    stats.heldBytes += this.#bytes.length;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Time of the first byte held, µs; Infinity if there is none. */
  get sinceUs(): number {
    return this.length > 0 ? this.#marks[1] : Number.POSITIVE_INFINITY;
  }

  append(bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    this.#makeRoom(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#end);
    this.#end += end - start;
    this.#marks.push(this.#end, timeUs);
  }

  /** Shows all that is held. */
  show(view: View): void {
    view.bytes = this.#bytes;
    view.start = this.#start;
    view.end = this.#end;
    view.marks = this.#marks;
    view.timeUs = this.#marks[this.#marks.length - 1];
  }

  /** Forgets what lies before the start of a view of these bytes. */
  forgetBefore(start: number): void {
    this.#start = start;
    let passed = 0;
    while (passed + 2 < this.#marks.length && this.#marks[passed] <= start) passed += 2;
    if (passed > 0) this.#marks.splice(0, passed);
  }

  /** Gives the memory back. */
  release(): void {
    this.#stats.heldBytes -= this.#bytes.length;
    this.#bytes = this.#bytes.subarray(0, 0);
  }

  #makeRoom(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const length = this.length;
    const old = this.#bytes;
    if (length + more > old.length) {
      this.#bytes = new Uint8Array(roundUp(length + more));
      this.#stats.heldBytes += this.#bytes.length - old.length;
      this.#bytes.set(old.subarray(this.#start, this.#end));
    } else old.copyWithin(0, this.#start, this.#end);
    for (let i = 0; i < this.#marks.length; i += 2) this.#marks[i] -= this.#start;
    this.#start = 0;
    this.#end = length;
  }
}

/** Capacities are powers of two from 256 bytes on, so that growing stays cheap. */
const roundUp = (bytes: number): number => 2 ** Math.max(8, Math.ceil(Math.log2(bytes)));
