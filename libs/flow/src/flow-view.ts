import { baseOf, type FlowMemory } from './flow-memory.ts';
import type { CaptureInterface } from './interface.ts';
import * as f from './layout.ts';
import { observationPoints } from './observation-point.ts';
import { protocolName } from './protocol-names.ts';
import { copyAddress } from './row-writer.ts';

/** Reads who a live flow is, by its slot. */
export class FlowView {
  readonly #memory: FlowMemory;
  readonly #interfaces: readonly CaptureInterface[];

  constructor(memory: FlowMemory, interfaces: readonly CaptureInterface[]) {
    this.#memory = memory;
    this.#interfaces = interfaces;
  }

  idHigh(slot: number): number {
    return this.#memory.u32[baseOf(slot) + f.ID_HIGH];
  }

  idLow(slot: number): number {
    return this.#memory.u32[baseOf(slot) + f.ID_LOW];
  }

  /** First packet of the flow, µs. */
  startUs(slot: number): number {
    return this.#memory.f64[(baseOf(slot) + f.START) >> 1];
  }

  protocolNumber(slot: number): number {
    return this.#memory.u32[baseOf(slot) + f.META] & 255;
  }

  /** As in `protocol` of flow rows. */
  protocol(slot: number): string {
    return protocolName(this.protocolNumber(slot));
  }

  interface(slot: number): CaptureInterface {
    return this.#interfaces[this.site(slot)];
  }

  /** Number of the interface, as it was added. */
  site(slot: number): number {
    return this.#memory.u32[baseOf(slot) + f.INTERFACE];
  }

  observationPoint(slot: number): string {
    const points = this.#memory.u32[baseOf(slot) + f.OBSERVATION_POINTS];
    return observationPoints[this.clientSide(slot) === 0 ? points & 255 : points >>> 8];
  }

  /** Which side is the client at present. */
  clientSide(slot: number): 0 | 1 {
    return (this.#memory.u32[baseOf(slot) + f.FLAGS] & f.REVERSED) !== 0 ? 1 : 0;
  }

  /** Sequence number of that side's SYN, where the handshake was seen; else -1. */
  initialSeq(slot: number, side: number): number {
    const { u32 } = this.#memory;
    const base = baseOf(slot);
    if ((u32[base + f.FLAGS] & f.SYNACK_TIMED) === 0) return -1;
    return u32[base + f.ASIDES + side * f.ASIDE_WORDS + f.INITIAL_SEQ];
  }

  vlan(slot: number): number {
    return (this.#memory.u32[baseOf(slot) + f.META] >>> 10) & 0xfff;
  }

  /** Value of `Tunnel`, and the outermost tunnel's id. */
  tunnelType(slot: number): number {
    return (this.#memory.u32[baseOf(slot) + f.META] >>> 22) & 31;
  }

  tunnelId(slot: number): number {
    return this.#memory.u32[baseOf(slot) + f.OUTER_ID];
  }

  /** Key of the side's logical port in OVN's Geneve option; valid where there is a tunnel. */
  ovnPort(slot: number, side: number): number {
    const ports = this.#memory.u32[baseOf(slot) + f.OVN_PORTS];
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  port(slot: number, side: number): number {
    const ports = this.#memory.u32[baseOf(slot) + f.PORTS];
    return this.#isLow(slot, side) ? ports >>> 16 : ports & 0xffff;
  }

  mac(slot: number, side: number): number {
    return this.#memory.f64[(baseOf(slot) + f.MAC + 2 * side) >> 1];
  }

  /** Writes the side's address into row `row` of an `ip` column. */
  copyAddress(slot: number, side: number, to: Uint32Array, row: number): void {
    copyAddress(this.#memory.u32, baseOf(slot), this.#isLow(slot, side), to, row);
  }

  #isLow(slot: number, side: number): boolean {
    return ((this.#memory.u32[baseOf(slot) + f.FLAGS] & f.LOW_IS_SIDE_0) !== 0) === (side === 0);
  }
}
