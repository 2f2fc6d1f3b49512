import type { Packet } from '@flowloom/packet';
import { addDelay } from './delays.ts';
import type { FlowMemory } from './flow-memory.ts';
import { ART, DATA_TIME, DELAY_STATE, SIDE_WORDS, SIDES } from './layout.ts';

/** DELAY_STATE: the client has asked and the server not yet answered. */
const ASKED = 1;
/** Later answers are none, µs: DeepFlow's figure. */
const maxArtUs = 30_000_000;

/** Flows without a handshake: the time from a client's packet to the server's first one after it counts as ART. */
export class Datagrams {
  readonly #memory: FlowMemory;

  constructor(memory: FlowMemory) {
    this.#memory = memory;
  }

  account(base: number, side: number, direction: number, packet: Packet): void {
    if (packet.laterFragment) return;
    const { u32, f64 } = this.#memory;
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
}
