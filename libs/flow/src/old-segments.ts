import { type Packet, SYN } from '@flowloom/packet';
import type { FlowMemory } from './flow-memory.ts';
import type { Gaps } from './gaps.ts';
import * as f from './layout.ts';
import { seqAdd, seqAfter, seqBefore, seqDistance } from './sequence.ts';

/** Reordering is presumed within this time where no round trip is known, µs: TShark's figure. */
const defaultReorderWindowUs = 3000;
/** A fast retransmission follows its duplicate acknowledgements within this time, µs: TShark's figure. */
const fastRetransmitUs = 20_000;

const Kind = { new: 0, retransmission: 1, outOfOrder: 2 } as const;

/** Segments that start before the next expected sequence number: sent again, or late. */
export class OldSegments {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #gaps: Gaps;

  constructor(memory: FlowMemory, gaps: Gaps) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#gaps = gaps;
  }

  /** Counts a segment that ends before `end`. True if it is neither, but continues a probe. */
  account(
    base: number,
    side: number,
    direction: number,
    from: number,
    to: number,
    packet: Packet,
    end: number,
  ): boolean {
    const u32 = this.#u32;
    const { seq, tcpFlags: flags } = packet;
    const aside = base + f.ASIDES + side * f.ASIDE_WORDS;
    const kind = this.#classify(base, side, from, to, packet, end);
    if (kind === Kind.outOfOrder) u32[aside + f.OUT_OF_ORDER]++;
    else if (kind === Kind.retransmission) {
      // In a simultaneous open the client's second SYN has an ACK too (RFC 9293 3.5).
      if ((flags & SYN) === 0) u32[aside + f.RETRANS]++;
      else u32[base + (direction === 0 ? f.RETRANS_SYN : f.RETRANS_SYNACK)]++;
    }
    if (u32[from + f.GAPS] !== 0) u32[from + f.GAPS] = this.#gaps.fill(u32[from + f.GAPS], seq, end);
    const lowest = u32[aside + f.LOWEST_SEQ];
    if (seqBefore(seq, lowest)) {
      if (seqBefore(end, lowest)) u32[from + f.GAPS] = this.#gaps.prepend(u32[from + f.GAPS], end, lowest);
      u32[aside + f.LOWEST_SEQ] = seq;
    }
    if (seqAfter(end, u32[from + f.NEXT_SEQ])) {
      u32[from + f.NEXT_SEQ] = end;
      this.#f64[(from + f.NEXT_SEQ_TIME) >> 1] = packet.timeUs;
    }
    return kind === Kind.new;
  }

  /**
   * As TShark does: what the receiver has acknowledged was sent for nothing; what answers duplicate acknowledgements was
   * lost (RFC 5681 3.2); what comes within a round trip of the highest segment, and was not there before, took a longer
   * way; the rest was lost.
   */
  #classify(base: number, side: number, from: number, to: number, packet: Packet, end: number): number {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const { seq, payloadBytes: len, timeUs: now } = packet;
    const acknowledged = u32[to + f.LAST_ACK];
    const hasAck = (u32[base + f.FLAGS] & (f.HAS_ACK << (side ^ 1))) !== 0;
    if (len > 0 && hasAck && !seqAfter(seqAdd(seq, len), acknowledged)) return Kind.retransmission;
    // The first byte was a probe of a closed window, or a keep-alive: the rest is new.
    if (len > 1 && seqDistance(seq, u32[from + f.NEXT_SEQ]) === -1) return Kind.new;
    const duplicates = u32[to + f.WINDOW] >>> 16;
    if (duplicates >= 2 && acknowledged === seq) {
      const duplicateTime = f64[(base + f.ASIDES + (side ^ 1) * f.ASIDE_WORDS + f.DUPLICATE_ACK_TIME) >> 1];
      if (now - duplicateTime < fastRetransmitUs) return Kind.retransmission;
    }
    const reorderWindow = u32[base + f.REORDER_WINDOW] || defaultReorderWindowUs;
    const isRecent = now - f64[(from + f.NEXT_SEQ_TIME) >> 1] < reorderWindow;
    return isRecent && end !== u32[from + f.NEXT_SEQ] && this.#isUnseen(base, side, from, seq, len)
      ? Kind.outOfOrder
      : Kind.retransmission;
  }

  #isUnseen(base: number, side: number, from: number, seq: number, len: number): boolean {
    const lowest = this.#u32[base + f.ASIDES + side * f.ASIDE_WORDS + f.LOWEST_SEQ];
    return seqBefore(seq, lowest) || this.#gaps.overlaps(this.#u32[from + f.GAPS], seq, seqAdd(seq, len));
  }
}
