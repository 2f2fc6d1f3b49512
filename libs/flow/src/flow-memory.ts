import { FLOW_WORDS } from './layout.ts';

/** The records of all flows, in one buffer. Record 0 is never a flow, so that 0 can mean "none" in links. */
export class FlowMemory {
  readonly capacity: number;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer((capacity + 1) * FLOW_WORDS * 4);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** Index of the first word of a flow's record. */
export function baseOf(slot: number): number {
  return slot * FLOW_WORDS;
}
