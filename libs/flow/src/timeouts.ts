import { TcpState } from './tcp-state.ts';

/** How long a flow may be silent before it ends, ms. */
export interface FlowTimeouts {
  establishedMs: number;
  /** SYN without answer, SYN-ACK without ACK. */
  openingMs: number;
  /** After a FIN. A flow whose two FINs are acknowledged ends at the next tick. */
  closingMs: number;
  /** After an RST of an established connection. */
  resetMs: number;
  /** UDP, ICMP and all others. */
  otherMs: number;
  /**
   * How long a TCP flow that has ended keeps its identity: later packets with its ports, if none is a new SYN, become
   * further rows of the same flow. Two maximum segment lifetimes, as TIME-WAIT (RFC 9293 3.4.2).
   */
  lingerMs: number;
}

export const defaultTimeouts: FlowTimeouts = {
  establishedMs: 300_000,
  openingMs: 5_000,
  closingMs: 5_000,
  resetMs: 35_000,
  otherMs: 5_000,
  lingerMs: 240_000,
};

/** Time-out of each TCP state, µs, by its number. */
export function tcpTimeoutsUs(timeouts: FlowTimeouts): Float64Array {
  const us = new Float64Array(Object.keys(TcpState).length).fill(timeouts.openingMs * 1000);
  us[TcpState.established] = us[TcpState.synAck1] = timeouts.establishedMs * 1000;
  us[TcpState.reset] = us[TcpState.serverQueueLack] = timeouts.resetMs * 1000;
  us[TcpState.closed] = 0;
  for (const state of [TcpState.closingTx1, TcpState.closingTx2, TcpState.closingRx1, TcpState.closingRx2]) {
    us[state] = timeouts.closingMs * 1000;
  }
  return us;
}
