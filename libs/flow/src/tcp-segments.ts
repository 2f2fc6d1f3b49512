import { ACK, FIN, type Packet, PSH, RST, SYN } from '@flowloom/packet';
import type { FlowMemory } from './flow-memory.ts';
import type { Gaps } from './gaps.ts';
import * as f from './layout.ts';
import { OldSegments } from './old-segments.ts';
import { seqAdd, seqAfter, seqDistance } from './sequence.ts';
import type { TcpDelays } from './tcp-delays.ts';
import { TcpHandshake } from './tcp-handshake.ts';

/** Accounts the segments of TCP flows: sequence numbers, windows, acknowledgements, and what follows from them. */
export class TcpSegments {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #gaps: Gaps;
  readonly #handshake: TcpHandshake;
  readonly #old: OldSegments;
  readonly #delays: TcpDelays;

  constructor(memory: FlowMemory, gaps: Gaps, delays: TcpDelays) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
    this.#gaps = gaps;
    this.#handshake = new TcpHandshake(memory);
    this.#old = new OldSegments(memory, gaps);
    this.#delays = delays;
  }

  /** `side` sent the segment; `direction` is 0 if that is the client. */
  account(base: number, side: number, direction: number, packet: Packet): void {
    const u32 = this.#u32;
    const from = base + f.SIDES + side * f.SIDE_WORDS;
    const to = base + f.SIDES + (side ^ 1) * f.SIDE_WORDS;
    const flags = packet.tcpFlags;
    u32[from + f.TCP_FLAGS] |= flags;
    if ((flags & (SYN | RST)) !== 0 || packet.window === 0) this.#control(base, side, direction, packet);
    if ((flags & PSH) !== 0) u32[base + f.FLAGS] |= f.PUSHED;

    const isInOrder = this.#sequence(base, side, direction, from, to, packet);
    if ((flags & ACK) !== 0) this.#acknowledgement(base, side, direction, from, to, packet);
    this.#delays.account(base, direction, from, to, packet, isInOrder);
  }

  /**
   * A SYN whose sequence number is not the one that its side began with opens another connection with the same ports
   * (RFC 9293 3.6.1), as TShark has it too. A SYN-ACK does not.
   */
  isNewConnection(base: number, side: number, packet: Packet): boolean {
    const u32 = this.#u32;
    return (
      (packet.tcpFlags & ACK) === 0 &&
      (u32[base + f.FLAGS] & (f.HAS_INITIAL << side)) !== 0 &&
      u32[base + f.ASIDES + side * f.ASIDE_WORDS + f.INITIAL_SEQ] !== packet.seq
    );
  }

  #control(base: number, side: number, direction: number, packet: Packet): void {
    const u32 = this.#u32;
    const flags = packet.tcpFlags;
    if ((flags & RST) !== 0) u32[base + f.FLAGS] |= f.RESET_BY << side;
    else if (packet.window === 0) u32[base + f.ASIDES + side * f.ASIDE_WORDS + f.ZERO_WINDOW]++;
    if ((flags & SYN) !== 0) this.#handshake.syn(base, direction, packet);
  }

  /** Places the segment in its side's sequence numbers. False for one that makes delays unsure: sent again or late. */
  #sequence(base: number, side: number, direction: number, from: number, to: number, packet: Packet): boolean {
    const u32 = this.#u32;
    const bits = u32[base + f.FLAGS];
    const flags = packet.tcpFlags;
    const len = packet.payloadBytes;
    const seq = packet.seq;
    const end = seqAdd(seq, len + ((flags & (SYN | FIN)) !== 0 ? 1 : 0));
    if ((bits & (f.HAS_SEQ << side)) === 0) {
      this.#first(base, side, from, seq, end, packet);
      return true;
    }
    if ((bits & ((f.KEPT_ALIVE | f.PROBED) << side)) !== 0) {
      u32[base + f.FLAGS] = bits & ~((f.KEPT_ALIVE | f.PROBED) << side);
    }
    const next = u32[from + f.NEXT_SEQ];
    const distance = seqDistance(seq, next);
    if (distance < 0) {
      if (distance === -1 && len <= 1 && (flags & (SYN | FIN | RST)) === 0) {
        u32[base + f.FLAGS] |= f.KEPT_ALIVE << side;
        return true;
      }
      return end === seq || this.#old.account(base, side, direction, from, to, packet, end);
    }
    if (end === next) return true;
    if (distance === 0) {
      const isProbe = len === 1 && (bits & (f.HAS_ACK << (side ^ 1))) !== 0 && (u32[to + f.WINDOW] & 0xffff) === 0;
      if (isProbe) {
        u32[base + f.FLAGS] |= f.PROBED << side;
        return true;
      }
    } else if ((flags & RST) === 0) {
      let gaps = u32[from + f.GAPS];
      // What the other side has acknowledged is missing no longer.
      if ((bits & (f.HAS_ACK << (side ^ 1))) !== 0) gaps = this.#gaps.acknowledge(gaps, u32[to + f.LAST_ACK]);
      u32[from + f.GAPS] = this.#gaps.append(gaps, next, seq);
    }
    u32[from + f.NEXT_SEQ] = end;
    this.#f64[(from + f.NEXT_SEQ_TIME) >> 1] = packet.timeUs;
    return true;
  }

  #first(base: number, side: number, from: number, seq: number, end: number, packet: Packet): void {
    const u32 = this.#u32;
    const aside = base + f.ASIDES + side * f.ASIDE_WORDS;
    u32[from + f.NEXT_SEQ] = end;
    this.#f64[(from + f.NEXT_SEQ_TIME) >> 1] = packet.timeUs;
    u32[aside + f.LOWEST_SEQ] = seq;
    if ((u32[base + f.FLAGS] & (f.HAS_INITIAL << side)) === 0) {
      u32[aside + f.INITIAL_SEQ] = (packet.tcpFlags & SYN) !== 0 ? seq : seqAdd(seq, -1);
    }
    u32[base + f.FLAGS] |= (f.HAS_SEQ | f.HAS_INITIAL) << side;
  }

  #acknowledgement(base: number, side: number, direction: number, from: number, to: number, packet: Packet): void {
    const u32 = this.#u32;
    const bits = u32[base + f.FLAGS];
    const ack = packet.ack;
    const other = side ^ 1;
    if ((bits & f.HANDSHAKE_DONE) === 0 && direction === 0) this.#handshake.acknowledge(base, to, packet);
    if ((bits & (f.HAS_INITIAL << other)) === 0) {
      u32[base + f.FLAGS] |= f.HAS_INITIAL << other;
      u32[base + f.ASIDES + other * f.ASIDE_WORDS + f.INITIAL_SEQ] = seqAdd(ack, -1);
    }
    if ((bits & (f.HAS_ACK << side)) === 0) {
      u32[base + f.FLAGS] |= f.HAS_ACK << side;
      u32[from + f.WINDOW] = packet.window;
    } else if (ack !== u32[from + f.LAST_ACK]) u32[from + f.WINDOW] = packet.window;
    else this.#sameAcknowledgement(base, side, from, packet);
    u32[from + f.LAST_ACK] = ack;
    // The receiver took the byte of a window probe after all.
    if ((bits & (f.PROBED << other)) !== 0 && seqAfter(ack, u32[to + f.NEXT_SEQ])) u32[to + f.NEXT_SEQ] = ack;
  }

  /** Counts duplicate acknowledgements (RFC 5681 2): no data, same number, same window, and no answer to a keep-alive. */
  #sameAcknowledgement(base: number, side: number, from: number, packet: Packet): void {
    const u32 = this.#u32;
    const { window } = packet;
    const state = u32[from + f.WINDOW];
    let duplicates = state >>> 16;
    const isDuplicate =
      packet.payloadBytes === 0 &&
      window !== 0 &&
      window === (state & 0xffff) &&
      (packet.tcpFlags & (SYN | FIN | RST)) === 0 &&
      packet.seq === u32[from + f.NEXT_SEQ] &&
      (u32[base + f.FLAGS] & (f.KEPT_ALIVE << (side ^ 1))) === 0;
    if (isDuplicate) {
      if (duplicates < 0xffff) duplicates++;
      this.#f64[(base + f.ASIDES + side * f.ASIDE_WORDS + f.DUPLICATE_ACK_TIME) >> 1] = packet.timeUs;
    }
    u32[from + f.WINDOW] = ((duplicates << 16) | window) >>> 0;
  }
}
