import { ACK, type Packet, RST, SYN } from '@flowloom/packet';
import type { FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import { seqAdd } from './sequence.ts';
import { CIT_ARMED } from './tcp-delays.ts';

/** Counts and times the three-way handshake (RFC 9293 3.5). */
export class TcpHandshake {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;

  constructor(memory: FlowMemory) {
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
  }

  syn(base: number, direction: number, packet: Packet): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const now = packet.timeUs;
    const flags = u32[base + f.FLAGS];
    const isOpened = (flags & f.SYN_TIMED) !== 0;
    const isAnswered = (flags & f.SYNACK_TIMED) !== 0;
    if ((packet.tcpFlags & ACK) === 0) {
      u32[base + f.SYN_COUNT]++;
      if (direction !== 0) return;
      if (!isOpened) f64[(base + f.SYN_TIME) >> 1] = now;
      if (!isAnswered) f64[(base + f.LATEST_SYN_TIME) >> 1] = now;
      u32[base + f.FLAGS] = flags | f.SYN_TIMED;
      return;
    }
    u32[base + f.SYNACK_COUNT]++;
    if (direction !== 1 || !isOpened || isAnswered) return;
    u32[base + f.FLAGS] = flags | f.SYNACK_TIMED;
    f64[(base + f.SYNACK_TIME) >> 1] = now;
    u32[base + f.HANDSHAKE_ACK] = seqAdd(packet.seq, 1);
    u32[base + f.RTT_SERVER] = wordOf(now - f64[(base + f.SYN_TIME) >> 1]);
  }

  /** An acknowledgement of the client, which may complete the handshake; `server` is the other side. */
  acknowledge(base: number, server: number, packet: Packet): void {
    const u32 = this.#u32;
    const f64 = this.#f64;
    const now = packet.timeUs;
    const isAnswered = (u32[base + f.FLAGS] & f.SYNACK_TIMED) !== 0;
    if ((packet.tcpFlags & (SYN | RST)) !== 0 || !isAnswered || packet.ack !== u32[base + f.HANDSHAKE_ACK]) return;
    u32[base + f.FLAGS] |= f.HANDSHAKE_DONE;
    u32[base + f.RTT] = wordOf(now - f64[(base + f.SYN_TIME) >> 1]);
    u32[base + f.RTT_CLIENT] = wordOf(now - f64[(base + f.SYNACK_TIME) >> 1]);
    u32[base + f.REORDER_WINDOW] = wordOf(now - f64[(base + f.LATEST_SYN_TIME) >> 1]);
    // The client may ask now: how long it idles is measured from here.
    f64[(server + f.DATA_TIME) >> 1] = now;
    u32[base + f.DELAY_STATE] |= CIT_ARMED;
  }
}

/** A duration that fits a word: 0 where the clock ran backwards. */
function wordOf(us: number): number {
  return us > 0 ? Math.min(us, 0xffff_ffff) : 0;
}
