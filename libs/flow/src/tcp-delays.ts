import { type Packet, RST } from '@flowloom/packet';
import { addDelay, addDelays } from './delays.ts';
import type { FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import type { SegmentRun, SentInRun } from './segment-run.ts';
import { seqAdd } from './sequence.ts';

/** Longer delays are no answers any more, µs: DeepFlow's figures. */
const maxSrtUs = 10_000_000;
const maxArtUs = 30_000_000;

/** Bits of DELAY_STATE: what the next segment would complete. */
const SRT_ARMED = 1;
const ART_ARMED = 2;
export const CIT_ARMED = 4;

/**
 * Delays of a TCP flow, as DeepFlow defines them:
 *
 *     client  --data-->                          --data-->
 *     server            --ACK-->       --data-->
 *                |  SRT  |                      |   CIT   |
 *                |        ART          |
 *
 * A segment that is sent again or late makes it unsure which one was answered (Karn, RFC 6298 3): then nothing is measured.
 */
export class TcpDelays {
  readonly #memory: FlowMemory;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;

  constructor(memory: FlowMemory) {
    this.#memory = memory;
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
  }

  account(base: number, direction: number, from: number, to: number, packet: Packet, isInOrder: boolean): void {
    const u32 = this.#u32;
    const state = u32[base + f.DELAY_STATE];
    if (!isInOrder || (packet.tcpFlags & RST) !== 0) u32[base + f.DELAY_STATE] = state & CIT_ARMED;
    else if (packet.payloadBytes > 0) {
      // A keep-alive or a probe asks nothing.
      if (packet.payloadBytes === 1 && (u32[base + f.FLAGS] & ((f.KEPT_ALIVE | f.PROBED) * 3)) !== 0) return;
      if (direction === 0) this.#clientData(base, state, from, to, packet);
      else this.#serverData(base, state, from, to, packet);
    } else if (direction === 1 && (state & SRT_ARMED) !== 0 && packet.ack === u32[base + f.DATA_ACK]) {
      const srt = packet.timeUs - this.#f64[(to + f.DATA_TIME) >> 1];
      if (srt <= maxSrtUs) addDelay(this.#memory, base + f.SRT, srt);
      u32[base + f.DELAY_STATE] = state & ~SRT_ARMED;
    }
  }

  /**
   * The delays of a run, whose gaps are shorter than the limits above.
   *
   * @param from words of the client's side
   * @param isClientLast the client has sent data last
   */
  accountRun(
    base: number,
    from: number,
    client: SentInRun,
    server: SentInRun,
    isClientLast: boolean,
    { isUnanswered }: SegmentRun,
  ): void {
    const u32 = this.#u32;
    addDelays(this.#memory, base + f.CIT, client.answersUs, client.answers, client.longestAnswerUs);
    addDelays(this.#memory, base + f.ART, server.answersUs, server.answers, server.longestAnswerUs);
    addDelays(this.#memory, base + f.SRT, server.acksUs, server.acks, server.longestAckUs);
    u32[base + f.DELAY_STATE] = isClientLast ? ART_ARMED | (isUnanswered ? SRT_ARMED : 0) : CIT_ARMED;
    if (isClientLast) u32[base + f.DATA_ACK] = u32[from + f.NEXT_SEQ];
  }

  #clientData(base: number, state: number, from: number, to: number, packet: Packet): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    if ((state & CIT_ARMED) !== 0 && packet.payloadBytes > 1) {
      addDelay(this.#memory, base + f.CIT, packet.timeUs - f64[(to + f.DATA_TIME) >> 1]);
      state &= ~CIT_ARMED;
    }
    u32[base + f.DELAY_STATE] = state | SRT_ARMED | ART_ARMED;
    u32[base + f.DATA_ACK] = seqAdd(packet.seq, packet.payloadBytes);
    f64[(from + f.DATA_TIME) >> 1] = packet.timeUs;
  }

  #serverData(base: number, state: number, from: number, to: number, packet: Packet): void {
    const f64 = this.#f64;
    if ((state & ART_ARMED) !== 0) {
      const art = packet.timeUs - f64[(to + f.DATA_TIME) >> 1];
      if (art <= maxArtUs) addDelay(this.#memory, base + f.ART, art);
    }
    this.#u32[base + f.DELAY_STATE] = CIT_ARMED;
    f64[(from + f.DATA_TIME) >> 1] = packet.timeUs;
  }
}
