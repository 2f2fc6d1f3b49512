import { ACK, FIN, type Packet, RST, SYN } from '@flowloom/packet';
import { addDelay } from './delays.ts';
import type { FlowMemory } from './flow-memory.ts';
import type { Gaps } from './gaps.ts';
import {
  ART,
  CIT,
  DATA_ACK,
  DATA_TIME,
  DELAY_STATE,
  FLAGS,
  GAPS,
  HANDSHAKE_ACK,
  HANDSHAKE_DONE,
  HAS_ACK,
  HAS_INITIAL,
  HAS_SEQ,
  INITIAL_SEQ,
  KEPT_ALIVE,
  LAST_ACK,
  LAST_ACK_TIME,
  LATEST_SYN_TIME,
  LOWEST_SEQ,
  NEXT_SEQ,
  NEXT_SEQ_TIME,
  OUT_OF_ORDER,
  PROBED,
  PUSHED,
  REORDER_WINDOW,
  RESET_BY,
  RETRANS,
  RETRANS_SYN,
  RETRANS_SYNACK,
  REVERSED,
  RTT,
  RTT_CLIENT,
  RTT_SERVER,
  SIDE_WORDS,
  SIDES,
  SRT,
  SYN_COUNT,
  SYN_TIME,
  SYNACK_COUNT,
  SYNACK_TIME,
  TCP_FLAGS,
  WINDOW,
  ZERO_WINDOW,
} from './layout.ts';
import { seqAdd, seqAfter, seqBefore, seqDistance } from './sequence.ts';

/** Reordering is presumed within this time where no round trip is known, µs: TShark's figure. */
const defaultReorderWindowUs = 3000;
/** A fast retransmission follows its duplicate acknowledgements within this time, µs: TShark's figure. */
const fastRetransmitUs = 20_000;
/** Longer delays are no answers any more, µs: DeepFlow's figures. */
const maxSrtUs = 10_000_000;
const maxArtUs = 30_000_000;

/** Bits of DELAY_STATE: what the next segment would complete. */
const SRT_ARMED = 1;
const ART_ARMED = 2;
const CIT_ARMED = 4;

const PUSH = 8;

/** What a segment is that does not advance its side's sequence numbers. */
const Old = { none: 0, retransmission: 1, outOfOrder: 2 } as const;

/** Accounts the segments of TCP flows: handshake, retransmission, reordering, windows and delays. */
export class TcpSegments {
  readonly #memory: FlowMemory;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #gaps: Gaps;

  constructor(memory: FlowMemory, gaps: Gaps) {
    this.#memory = memory;
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#gaps = gaps;
  }

  /** `side` sent the segment; `direction` is 0 if that is the client. */
  account(base: number, side: number, direction: number, packet: Packet): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const from = base + SIDES + side * SIDE_WORDS;
    const to = base + SIDES + (side ^ 1) * SIDE_WORDS;
    const flags = packet.tcpFlags;
    const seq = packet.seq;
    const len = packet.payloadBytes;
    const now = packet.timeUs;
    let bits = u32[base + FLAGS];

    u32[from + TCP_FLAGS] |= flags;
    if (packet.window === 0 && (flags & RST) === 0) u32[from + ZERO_WINDOW]++;
    if ((flags & (RST | PUSH)) !== 0) bits |= flags & RST ? RESET_BY << side : PUSHED;
    if ((flags & SYN) !== 0) this.#syn(base, direction, flags, seq, now);

    // ---- sequence numbers ----
    const end = seqAdd(seq, len + ((flags & (SYN | FIN)) !== 0 ? 1 : 0));
    let inOrder = true;
    let keptAlive = false;
    let probed = false;
    if ((bits & (HAS_SEQ << side)) === 0) {
      bits |= HAS_SEQ << side;
      u32[from + NEXT_SEQ] = end;
      f64[(from + NEXT_SEQ_TIME) >> 1] = now;
      u32[from + LOWEST_SEQ] = seq;
      if ((bits & (HAS_INITIAL << side)) === 0) {
        bits |= HAS_INITIAL << side;
        u32[from + INITIAL_SEQ] = (flags & SYN) !== 0 ? seq : seqAdd(seq, -1);
      }
    } else {
      const next = u32[from + NEXT_SEQ];
      const distance = seqDistance(seq, next);
      if (distance < 0) {
        if (distance === -1 && len <= 1 && (flags & (SYN | FIN | RST)) === 0) keptAlive = true;
        else if (end !== seq) inOrder = this.#old(base, side, direction, from, to, packet, end);
      } else {
        probed =
          len === 1 && distance === 0 && (bits & (HAS_ACK << (side ^ 1))) !== 0 && (u32[to + WINDOW] & 0xffff) === 0;
        if (distance > 0 && (flags & RST) === 0) this.#jump(from, to, next, seq);
        if (!probed && end !== next) {
          u32[from + NEXT_SEQ] = end;
          f64[(from + NEXT_SEQ_TIME) >> 1] = now;
        }
      }
    }

    // ---- acknowledgement ----
    if ((flags & ACK) !== 0) {
      const ack = packet.ack;
      if ((bits & HANDSHAKE_DONE) === 0 && direction === 0 && (flags & (SYN | RST)) === 0) {
        if (this.#completes(base, ack, now)) bits |= HANDSHAKE_DONE;
      }
      if ((bits & (HAS_INITIAL << (side ^ 1))) === 0) {
        bits |= HAS_INITIAL << (side ^ 1);
        u32[to + INITIAL_SEQ] = seqAdd(ack, -1);
      }
      const window = packet.window;
      const state = u32[from + WINDOW];
      let duplicates = state >>> 16;
      if ((bits & (HAS_ACK << side)) === 0 || ack !== u32[from + LAST_ACK]) duplicates = 0;
      else if (len === 0 && window !== 0 && window === (state & 0xffff) && (flags & (SYN | FIN | RST)) === 0) {
        const answersKeepAlive = (bits & (KEPT_ALIVE << (side ^ 1))) !== 0;
        if (!answersKeepAlive && seq === u32[from + NEXT_SEQ] && duplicates < 0xffff) duplicates++;
      }
      if ((bits & (PROBED << (side ^ 1))) !== 0 && seqAfter(ack, u32[to + NEXT_SEQ])) u32[to + NEXT_SEQ] = ack;
      bits |= HAS_ACK << side;
      u32[from + WINDOW] = ((duplicates << 16) | window) >>> 0;
      u32[from + LAST_ACK] = ack;
      f64[(from + LAST_ACK_TIME) >> 1] = now;
    }
    bits = keptAlive ? bits | (KEPT_ALIVE << side) : bits & ~(KEPT_ALIVE << side);
    bits = probed ? bits | (PROBED << side) : bits & ~(PROBED << side);
    u32[base + FLAGS] = bits;

    // ---- delays ----
    if (!inOrder || (flags & RST) !== 0) u32[base + DELAY_STATE] &= CIT_ARMED;
    else if (len > 0) {
      if (keptAlive || probed) return;
      if (direction === 0) this.#clientData(base, from, to, len, end, now);
      else this.#serverData(base, from, to, now);
    } else if (direction === 1 && (u32[base + DELAY_STATE] & SRT_ARMED) !== 0 && packet.ack === u32[base + DATA_ACK]) {
      const srt = now - f64[(to + DATA_TIME) >> 1];
      if (srt <= maxSrtUs) addDelay(this.#memory, base + SRT, srt);
      u32[base + DELAY_STATE] &= ~SRT_ARMED;
    }
  }

  /**
   * A SYN whose sequence number is not the one that its side began with opens another connection with the same ports
   * (RFC 9293 3.6.1), as TShark has it too. A SYN-ACK does not.
   */
  isNewConnection(base: number, side: number, packet: Packet): boolean {
    const u32 = this.#u32;
    return (
      (packet.tcpFlags & ACK) === 0 &&
      (u32[base + FLAGS] & (HAS_INITIAL << side)) !== 0 &&
      u32[base + SIDES + side * SIDE_WORDS + INITIAL_SEQ] !== packet.seq
    );
  }

  /** Notes [next, seq) as missing; what the other side acknowledged meanwhile is missing no longer. */
  #jump(from: number, to: number, next: number, seq: number): void {
    const list = this.#gaps.acknowledge(this.#u32[from + GAPS], this.#u32[to + LAST_ACK]);
    this.#u32[from + GAPS] = this.#gaps.append(list, next, seq);
  }

  #syn(base: number, direction: number, flags: number, seq: number, now: number): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    if ((flags & ACK) === 0) {
      u32[base + SYN_COUNT]++;
      if (direction !== 0) return;
      if (f64[(base + SYN_TIME) >> 1] === 0) f64[(base + SYN_TIME) >> 1] = now;
      if (f64[(base + SYNACK_TIME) >> 1] === 0) f64[(base + LATEST_SYN_TIME) >> 1] = now;
      return;
    }
    u32[base + SYNACK_COUNT]++;
    const opened = f64[(base + SYN_TIME) >> 1];
    if (direction !== 1 || opened === 0 || f64[(base + SYNACK_TIME) >> 1] !== 0) return;
    f64[(base + SYNACK_TIME) >> 1] = now;
    u32[base + HANDSHAKE_ACK] = seqAdd(seq, 1);
    u32[base + RTT_SERVER] = micros(now - opened);
  }

  /** Measures the handshake if this acknowledgement of the client completes it. */
  #completes(base: number, ack: number, now: number): boolean {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const answered = f64[(base + SYNACK_TIME) >> 1];
    if (answered === 0 || ack !== u32[base + HANDSHAKE_ACK]) return false;
    u32[base + RTT] = micros(now - f64[(base + SYN_TIME) >> 1]);
    u32[base + RTT_CLIENT] = micros(now - answered);
    u32[base + REORDER_WINDOW] = micros(now - f64[(base + LATEST_SYN_TIME) >> 1]);
    const server = (u32[base + FLAGS] & REVERSED) !== 0 ? 0 : 1;
    f64[(base + SIDES + server * SIDE_WORDS + DATA_TIME) >> 1] = now;
    u32[base + DELAY_STATE] |= CIT_ARMED;
    return true;
  }

  /** Tells what a segment is that starts before the next expected one; false where it makes delays unsure. */
  #old(base: number, side: number, direction: number, from: number, to: number, packet: Packet, end: number): boolean {
    const u32 = this.#u32;
    const { seq, tcpFlags: flags } = packet;
    const kind = this.#classify(base, side, from, to, packet, end);
    if (kind === Old.outOfOrder) u32[from + OUT_OF_ORDER]++;
    else if (kind === Old.retransmission) {
      // In a simultaneous open the client's second SYN has an ACK too (RFC 9293 3.5).
      if ((flags & SYN) === 0) u32[from + RETRANS]++;
      else u32[base + (direction === 0 ? RETRANS_SYN : RETRANS_SYNACK)]++;
    }
    if (u32[from + GAPS] !== 0) u32[from + GAPS] = this.#gaps.fill(u32[from + GAPS], seq, end);
    if (seqBefore(seq, u32[from + LOWEST_SEQ])) u32[from + LOWEST_SEQ] = seq;
    if (seqAfter(end, u32[from + NEXT_SEQ])) {
      u32[from + NEXT_SEQ] = end;
      this.#f64[(from + NEXT_SEQ_TIME) >> 1] = packet.timeUs;
    }
    return kind === Old.none;
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
    const acknowledged = u32[to + LAST_ACK];
    const hasAck = (u32[base + FLAGS] & (HAS_ACK << (side ^ 1))) !== 0;
    if (len > 0 && hasAck && !seqAfter(seqAdd(seq, len), acknowledged)) return Old.retransmission;
    // The first byte was a probe of a closed window, or a keep-alive: the rest is new.
    if (len > 1 && seqDistance(seq, u32[from + NEXT_SEQ]) === -1) return Old.none;
    const duplicates = u32[to + WINDOW] >>> 16;
    if (duplicates >= 2 && acknowledged === seq && now - f64[(to + LAST_ACK_TIME) >> 1] < fastRetransmitUs) {
      return Old.retransmission;
    }
    const reorderWindow = u32[base + REORDER_WINDOW] || defaultReorderWindowUs;
    const isRecent = now - f64[(from + NEXT_SEQ_TIME) >> 1] < reorderWindow;
    const isNew =
      seqBefore(seq, u32[from + LOWEST_SEQ]) || this.#gaps.overlaps(u32[from + GAPS], seq, seqAdd(seq, len));
    return isRecent && isNew && end !== u32[from + NEXT_SEQ] ? Old.outOfOrder : Old.retransmission;
  }

  #clientData(base: number, from: number, to: number, len: number, end: number, now: number): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    let state = u32[base + DELAY_STATE];
    if ((state & CIT_ARMED) !== 0 && len > 1) {
      addDelay(this.#memory, base + CIT, now - f64[(to + DATA_TIME) >> 1]);
      state &= ~CIT_ARMED;
    }
    u32[base + DELAY_STATE] = state | SRT_ARMED | ART_ARMED;
    u32[base + DATA_ACK] = end;
    f64[(from + DATA_TIME) >> 1] = now;
  }

  #serverData(base: number, from: number, to: number, now: number): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    if ((u32[base + DELAY_STATE] & ART_ARMED) !== 0) {
      const art = now - f64[(to + DATA_TIME) >> 1];
      if (art <= maxArtUs) addDelay(this.#memory, base + ART, art);
    }
    u32[base + DELAY_STATE] = CIT_ARMED;
    f64[(from + DATA_TIME) >> 1] = now;
  }
}

/** A duration that fits a word: 0 where the clock ran backwards. */
function micros(us: number): number {
  return us > 0 ? Math.min(Math.round(us), 0xffff_ffff) : 0;
}
