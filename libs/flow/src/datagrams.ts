import { type Packet, SCTP } from '@flowloom/packet';
import { addDelay } from './delays.ts';
import type { FlowMemory } from './flow-memory.ts';
import { ART, DATA_TIME, DELAY_STATE, FLAGS, RESET_BY, SIDE_WORDS, SIDES, STATE } from './layout.ts';
import { Sctp, sctpEvent } from './sctp.ts';
import { TcpState } from './tcp-state.ts';

/** DELAY_STATE: the client has asked and the server not yet answered. */
const ASKED = 1;
/** Later answers are none, µs: DeepFlow's figure. */
const maxArtUs = 30_000_000;

/**
 * Flows of all protocols but TCP: the time from a client's packet to the server's first one after it counts as ART. An SCTP
 * association ends with SHUTDOWN COMPLETE or ABORT (RFC 9260 9), which are noted as TCP's states of the same meaning.
 */
export class Datagrams {
  readonly #memory: FlowMemory;

  constructor(memory: FlowMemory) {
    this.#memory = memory;
  }

  account(base: number, side: number, direction: number, packet: Packet): void {
    if (packet.laterFragment) return;
    const { u32, f64 } = this.#memory;
    if (packet.protocol === SCTP) this.#sctp(base, side, packet);
    const asked = (base + SIDES + (direction === 0 ? side : side ^ 1) * SIDE_WORDS + DATA_TIME) >> 1;
    if (direction === 0) {
      f64[asked] = packet.timeUs;
      u32[base + DELAY_STATE] = ASKED;
      return;
    }
    if (u32[base + DELAY_STATE] !== ASKED) return;
    u32[base + DELAY_STATE] = 0;
    const art = packet.timeUs - f64[asked];
    if (art <= maxArtUs) addDelay(this.#memory, base + ART, art);
  }

  #sctp(base: number, side: number, packet: Packet): void {
    const { u32 } = this.#memory;
    const event = sctpEvent(packet);
    if (event === Sctp.shutdownComplete) u32[base + STATE] = TcpState.closed;
    else if (event === Sctp.abort) {
      u32[base + STATE] = TcpState.reset;
      u32[base + FLAGS] |= RESET_BY << side;
    } else if (event === Sctp.initiation) u32[base + STATE] = TcpState.raw;
  }
}
