import { ACK, type Packet, PSH } from '@flowloom/packet';
import type { FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import type { SegmentRun, SentInRun } from './segment-run.ts';
import { seqAdd, seqAfter } from './sequence.ts';
import type { TcpDelays } from './tcp-delays.ts';
import { nextState } from './tcp-state.ts';

/** Accounts runs of segments: the rows are those that `SteadySegments` gives for each of their segments. */
export class RunAccounts {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #delays: TcpDelays;

  constructor(memory: FlowMemory, delays: TcpDelays) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#delays = delays;
  }

  /**
   * Returns the state of the connection after the run.
   *
   * @param sender the side that sent `packet`, which stands for the run
   * @param client the side that is the client
   */
  account(base: number, sender: number, client: number, packet: Packet, run: SegmentRun): number {
    const last = (base + f.LAST) >> 1;
    const rowStart = (base + f.ROW_START) >> 1;
    this.#f64[last] = Math.max(this.#f64[last], run.lastUs);
    this.#f64[rowStart] = Math.min(this.#f64[rowStart], run.firstUs);
    const linkBytes = packet.frameBytes - packet.l3Bytes;
    let state = this.#u32[base + f.STATE];
    for (const i of [0, 1] as const) {
      const side = sender ^ i;
      if (run.sent[i].packets === 0) continue;
      this.#side(base, side, run.sent[i], linkBytes);
      state = nextState(state, side === client ? 0 : 1, ACK);
    }
    const [from, to] = sender === client ? run.sent : [run.sent[1], run.sent[0]];
    this.#delays.accountRun(base, base + f.SIDES + client * f.SIDE_WORDS, from, to, from === run.sent[run.spoke], run);
    return state;
  }

  #side(base: number, side: number, sent: SentInRun, linkBytes: number): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const from = base + f.SIDES + side * f.SIDE_WORDS;
    const wide = from >> 1;
    u32[from + f.PACKETS] += sent.packets;
    u32[from + f.TCP_FLAGS] |= sent.tcpFlags;
    f64[wide + (f.BYTES >> 1)] += sent.frameBytes;
    f64[wide + (f.L3_BYTES >> 1)] += sent.frameBytes - linkBytes * sent.packets;
    f64[wide + (f.L4_BYTES >> 1)] += sent.payloadBytes;
    const bits = u32[base + f.FLAGS];
    if ((bits & (f.HAS_SEQ << side)) === 0) this.#first(base, side, sent);
    else if (seqAfter(sent.nextSeq, u32[from + f.NEXT_SEQ])) u32[from + f.NEXT_SEQ] = sent.nextSeq;
    if (sent.payloadBytes > 0) {
      f64[wide + (f.NEXT_SEQ_TIME >> 1)] = sent.dataUs;
      f64[wide + (f.DATA_TIME >> 1)] = sent.dataUs;
    }
    const isSameAck = (bits & (f.HAS_ACK << side)) !== 0 && sent.lastAck === u32[from + f.LAST_ACK];
    u32[from + f.WINDOW] = isSameAck ? ((u32[from + f.WINDOW] & 0xffff_0000) | sent.window) >>> 0 : sent.window;
    u32[from + f.LAST_ACK] = sent.lastAck;
    u32[base + f.FLAGS] &= ~((f.KEPT_ALIVE | f.PROBED) << side);
    u32[base + f.FLAGS] |= (f.HAS_SEQ | f.HAS_INITIAL | f.HAS_ACK) << side;
    if ((sent.tcpFlags & PSH) !== 0) u32[base + f.FLAGS] |= f.PUSHED;
  }

  /** Nothing of this side was seen before. */
  #first(base: number, side: number, sent: SentInRun): void {
    const u32 = this.#u32;
    const aside = base + f.ASIDES + side * f.ASIDE_WORDS;
    const seq = seqAdd(sent.nextSeq, -(sent.payloadBytes % 2 ** 32));
    u32[base + f.SIDES + side * f.SIDE_WORDS + f.NEXT_SEQ] = sent.nextSeq;
    u32[aside + f.LOWEST_SEQ] = seq;
    if ((u32[base + f.FLAGS] & (f.HAS_INITIAL << side)) === 0) u32[aside + f.INITIAL_SEQ] = seqAdd(seq, -1);
  }
}
