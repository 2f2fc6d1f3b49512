import * as f from './layout.ts';

/** Lines of a record that a row without a tunnel needs. */
const usedLines = 8;

/**
 * Word of the first record. Allocators put large blocks 16 bytes behind a page boundary (glibc's do): with 48 bytes more
 * every record begins with a cache line.
 */
const FIRST_WORD = 12;

/** The records of all flows, in one buffer. Record 0 is never a flow, so that 0 can mean "none" in links. */
export class FlowMemory {
  readonly capacity: number;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;

  /** Only keeps the loads of `touch` from being left out. */
  touched = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(((capacity + 1) * f.FLOW_WORDS + FIRST_WORD) * 4);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /**
   * Reads one word of every line of the records `slots[from .. to)`. The loads do not depend on each other, so that their
   * waits for memory overlap, which those of whoever works on one record after the other do not.
   */
  touch(slots: Uint32Array, from: number, to: number): void {
    const { u32 } = this;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const base = baseOf(slots[i]);
      for (let line = 0; line < usedLines; line++) sum ^= u32[base + line * 16];
    }
    this.touched = sum;
  }

  /** Zeroes what is counted per row: the row has been written. */
  beginRow(slot: number): void {
    const { u32 } = this;
    const base = baseOf(slot);
    u32.fill(0, base + f.SRT, base + f.SRT + f.DELAYS_OF_ROW);
    u32.fill(0, base + f.COUNTERS, base + f.COUNTERS_END);
    for (let i = 0; i < 2; i++) {
      const side = base + f.SIDES + i * f.SIDE_WORDS;
      const aside = base + f.ASIDES + i * f.ASIDE_WORDS;
      u32[aside + f.TOTAL_PACKETS] += u32[side + f.PACKETS];
      for (let word = 0; word < f.COUNTERS_OF_SIDE; word++) u32[side + word] = 0;
      for (let word = 0; word < f.COUNTERS_OF_ASIDE; word++) u32[aside + word] = 0;
    }
    u32[base + f.FLAGS] = (u32[base + f.FLAGS] & ~(f.DIRTY | f.MUST_REVERSE)) | f.REPORTED;
  }
}

/** Index of the first word of a flow's record. */
export function baseOf(slot: number): number {
  return slot * f.FLOW_WORDS + FIRST_WORD;
}
