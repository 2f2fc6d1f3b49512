import { ACK, type Packet, TCP } from '@flowloom/packet';
import type { FlowKey } from './flow-key.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import { seqDistance } from './sequence.ts';

/** An acknowledgement fits where it is not further than this from what was sent, bytes: the largest windows in use. */
const maxAckDistance = 1 << 24;

/**
 * Flows whose two directions take different ways: routed between two VLANs, tagged in one direction only, by another
 * tunnel id each way (asymmetric routing between two overlay networks; the logical network of the receiver, as OVN has
 * it), or in a tunnel one way only (direct server return). They are two keys and one flow.
 *
 * A packet that has no flow by its key belongs to the latest flow between its ends at that place if this side has sent
 * nothing there yet and, in TCP, its acknowledgement number fits. From then on this way is the side's own. So the same
 * ends in two networks stay two flows: each has an answer by its own key, which is looked for first.
 */
export class OtherWays {
  readonly #u32: Uint32Array;
  /** Latest flow by hash of the ends: a fixed table; who is pushed out is not found by another way. */
  readonly #cells: Uint32Array;
  readonly #mask: number;
  #isMixed = false;
  #onlyPath = -1;
  #onlyTunnelId = 0;

  constructor(memory: FlowMemory) {
    this.#u32 = memory.u32;
    this.#cells = new Uint32Array(2 ** Math.ceil(Math.log2(memory.capacity)));
    this.#mask = this.#cells.length - 1;
  }

  /** A new flow. */
  remember(slot: number, key: FlowKey): void {
    if (!this.#isMixed) this.#notice(key);
    const cell = key.endsHash() & this.#mask;
    const kept = this.#cells[cell];
    // One that is answered by another way needs its cell for every packet from there.
    if (kept !== 0 && this.#isLive(kept) && (this.#u32[baseOf(kept) + f.FLAGS] & f.HAS_OTHER_WAY_BOTH) !== 0) return;
    this.#cells[cell] = slot;
  }

  /** The flow that the packet, which has none by its key, answers by another way; 0 where there is none. */
  find(key: FlowKey, packet: Packet): number {
    if (!this.#isMixed && !this.#isOther(key)) return 0;
    const slot = this.findEnds(key);
    if (slot === 0) return 0;
    const u32 = this.#u32;
    const base = baseOf(slot);
    const flags = u32[base + f.FLAGS];
    const side = ((flags & f.LOW_IS_SIDE_0) !== 0) === key.sourceIsLow ? 0 : 1;
    if ((flags & (f.HAS_OTHER_WAY << side)) !== 0) {
      return (u32[base + f.OTHER_META] | 0) === key.meta && (u32[base + f.OTHER_TUNNEL_ID] | 0) === key.tunnelId
        ? slot
        : 0;
    }
    if ((flags & ((f.HAS_SENT << side) | f.ENDED)) !== 0 || !this.#fits(base, side, packet)) return 0;
    u32[base + f.FLAGS] = flags | (f.HAS_OTHER_WAY << side);
    u32[base + f.OTHER_META] = key.meta;
    u32[base + f.OTHER_TUNNEL_ID] = key.tunnelId;
    return slot;
  }

  /** The latest flow between these ends, whatever its way. */
  findEnds(key: FlowKey): number {
    const slot = this.#cells[key.endsHash() & this.#mask];
    return slot !== 0 && key.matchesEnds(this.#u32, baseOf(slot)) ? slot : 0;
  }

  #fits(base: number, side: number, packet: Packet): boolean {
    if (packet.protocol !== TCP || packet.laterFragment) return true;
    const sent = this.#u32[base + f.SIDES + (side ^ 1) * f.SIDE_WORDS + f.NEXT_SEQ];
    return (packet.tcpFlags & ACK) !== 0 && Math.abs(seqDistance(packet.ack, sent)) <= maxAckDistance;
  }

  /** A capture of one VLAN, or of none, has no other ways: then new flows need no second look. */
  #notice(key: FlowKey): void {
    if (this.#onlyPath < 0) {
      this.#onlyPath = key.path;
      this.#onlyTunnelId = key.tunnelId;
    } else this.#isMixed = this.#isOther(key);
  }

  #isOther(key: FlowKey): boolean {
    return this.#onlyPath >= 0 && (key.path !== this.#onlyPath || key.tunnelId !== this.#onlyTunnelId);
  }

  #isLive(slot: number): boolean {
    return this.#u32[baseOf(slot) + f.META] !== 0;
  }
}
