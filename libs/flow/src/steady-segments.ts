import { ACK, FIN, type Packet, PSH, RST, SYN } from '@flowloom/packet';
import type { FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import { seqAdd } from './sequence.ts';
import type { TcpDelays } from './tcp-delays.ts';
import { TcpState } from './tcp-state.ts';

const BOTH = 3;
/** What holds of a connection in the middle of its life, in a second in which it had a packet before. */
const WANTED = f.DIRTY | f.HAS_SENT_BOTH | ((f.HAS_SEQ | f.HAS_INITIAL | f.HAS_ACK) * BOTH);
const UNWANTED = f.ENDED | ((f.KEPT_ALIVE | f.PROBED) * BOTH);

/**
 * The segment that nearly all segments are: next in sequence, of an established connection that both sides have spoken in,
 * without a flag but ACK and PSH, with an open window. For it most of `TcpSegments` and the state machine has nothing to
 * do, so it is accounted here in one step, with the same result.
 */
export class SteadySegments {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #delays: TcpDelays;

  constructor(memory: FlowMemory, delays: TcpDelays) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#delays = delays;
  }

  /** False where the segment is none of these: nothing has been written then. */
  account(base: number, side: number, direction: number, packet: Packet): boolean {
    const u32 = this.#u32;
    const flags = u32[base + f.FLAGS];
    const len = packet.payloadBytes;
    const now = packet.timeUs;
    const last = (base + f.LAST) >> 1;
    if ((flags & (WANTED | UNWANTED)) !== WANTED || u32[base + f.STATE] !== TcpState.established) return false;
    if ((packet.tcpFlags & (ACK | SYN | FIN | RST)) !== ACK || packet.window === 0) return false;
    // One byte may be a probe of a closed window or a keep-alive; held fragments are counted with their first one.
    if (len === 1 || packet.heldPackets !== 0 || now < this.#f64[last]) return false;
    // It may complete the handshake.
    if (direction === 0 && (flags & (f.SYNACK_TIMED | f.HANDSHAKE_DONE)) === f.SYNACK_TIMED) return false;
    const from = base + f.SIDES + side * f.SIDE_WORDS;
    if (packet.seq !== u32[from + f.NEXT_SEQ]) return false;
    const isSameAck = packet.ack === u32[from + f.LAST_ACK];
    if (isSameAck && len === 0) return false; // may be a duplicate acknowledgement

    const f64 = this.#f64;
    const wide = from >> 1;
    f64[last] = now;
    u32[from + f.PACKETS]++;
    u32[from + f.TCP_FLAGS] |= packet.tcpFlags;
    f64[wide + (f.BYTES >> 1)] += packet.frameBytes;
    f64[wide + (f.L3_BYTES >> 1)] += packet.l3Bytes;
    u32[from + f.WINDOW] = isSameAck ? ((u32[from + f.WINDOW] & 0xffff_0000) | packet.window) >>> 0 : packet.window;
    u32[from + f.LAST_ACK] = packet.ack;
    if ((packet.tcpFlags & PSH) !== 0) u32[base + f.FLAGS] = flags | f.PUSHED;
    if (len > 0) {
      f64[wide + (f.L4_BYTES >> 1)] += len;
      u32[from + f.NEXT_SEQ] = seqAdd(packet.seq, len);
      f64[wide + (f.NEXT_SEQ_TIME >> 1)] = now;
    }
    const to = base + f.SIDES + (side ^ 1) * f.SIDE_WORDS;
    this.#delays.account(base, direction, from, to, packet, true);
    return true;
  }
}
