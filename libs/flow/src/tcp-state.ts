import { ACK, FIN, PSH, RST, SYN, URG } from '@flowloom/packet';

/**
 * State of a TCP connection as somebody on the path sees it (after DeepFlow's flow state machine). Tx: the client has
 * closed its half first; Rx: the server has.
 */
export const TcpState = {
  raw: 0,
  /** SYN seen. */
  opening1: 1,
  /** SYN-ACK seen. */
  opening2: 2,
  established: 3,
  /** FIN of the client; tx2: and of the server. */
  closingTx1: 4,
  closingTx2: 5,
  /** FIN of the server; rx2: and of the client. */
  closingRx1: 6,
  closingRx2: 7,
  /** Both FINs, and the last of them acknowledged. */
  closed: 8,
  /** RST after the handshake. */
  reset: 9,
  /** Flags that no TCP sends together. */
  exception: 10,
  /** RST of the server in answer to the SYN. */
  serverReset: 11,
  /** The server sent SYN-ACK again after the handshake, and then reset: its accept queue was full. */
  serverQueueLack: 12,
  /** SYN answered by a bare ACK, and then reset by the client: the server still knew the port pair. */
  clientPortReuse: 13,
  /** SYN answered by a bare ACK. */
  syn1: 14,
  /** SYN-ACK repeated after the handshake. */
  synAck1: 15,
  /** RST in the handshake: of the client before SYN-ACK, of the server after it. */
  establishReset: 16,
  /** RST of the client after SYN-ACK. */
  openingReset: 17,
} as const;
export type TcpState = (typeof TcpState)[keyof typeof TcpState];

const stateCount = 18;

/** What the flags of a segment mean to the state machine. */
const Event = { syn: 0, synAck: 1, fin: 2, rst: 3, data: 4, illegal: 5 } as const;

function eventOf(flags: number): number {
  const f = flags & (FIN | SYN | RST | PSH | ACK | URG);
  if (f & SYN) return f & (FIN | RST) ? Event.illegal : f & ACK ? Event.synAck : Event.syn;
  if (f & RST) return f & FIN ? Event.illegal : Event.rst;
  if (f & FIN) return Event.fin;
  return f & ACK ? Event.data : Event.illegal;
}

type Next = readonly [event: number, from: 'client' | 'server' | 'both', next: TcpState];
const { syn, synAck, fin, rst, data } = Event;
const s = TcpState;

/** Transitions that change the state; every other legal segment leaves it, illegal ones lead to `exception`. */
const transitions: Partial<Record<TcpState, readonly Next[]>> = {
  [s.raw]: [
    [syn, 'both', s.opening1],
    [synAck, 'both', s.opening2],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
    [rst, 'both', s.reset],
    [data, 'both', s.established],
  ],
  [s.opening1]: [
    [synAck, 'both', s.opening2],
    [data, 'client', s.established],
    [data, 'server', s.syn1],
    [rst, 'client', s.establishReset],
    [rst, 'server', s.serverReset],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
  ],
  [s.opening2]: [
    [data, 'client', s.established],
    [rst, 'client', s.openingReset],
    [rst, 'server', s.establishReset],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
  ],
  [s.syn1]: [
    [syn, 'client', s.opening1],
    [synAck, 'server', s.opening2],
    [rst, 'client', s.clientPortReuse],
    [rst, 'server', s.establishReset],
    [data, 'client', s.established],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
  ],
  [s.established]: [
    [synAck, 'server', s.synAck1],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
    [rst, 'both', s.reset],
  ],
  [s.synAck1]: [
    [data, 'server', s.established],
    [syn, 'client', s.established],
    [rst, 'server', s.serverQueueLack],
    [rst, 'client', s.reset],
    [fin, 'client', s.closingTx1],
    [fin, 'server', s.closingRx1],
  ],
  [s.closingTx1]: [
    [fin, 'server', s.closingTx2],
    [rst, 'both', s.reset],
  ],
  [s.closingTx2]: [
    [data, 'client', s.closed],
    [rst, 'both', s.reset],
  ],
  [s.closingRx1]: [
    [fin, 'client', s.closingRx2],
    [rst, 'both', s.reset],
  ],
  [s.closingRx2]: [
    [data, 'server', s.closed],
    [rst, 'both', s.reset],
  ],
  [s.closed]: [],
};

/** States in which nothing matters any more, not even illegal flags. */
const absorbing: readonly TcpState[] = [
  s.closed,
  s.reset,
  s.exception,
  s.serverReset,
  s.serverQueueLack,
  s.clientPortReuse,
  s.establishReset,
  s.openingReset,
];

/** Indexed by state << 4 | direction << 3 | event. */
const table = new Uint8Array(stateCount << 4);
for (let state = 0; state < stateCount; state++) {
  table.fill(state, state << 4, (state + 1) << 4);
  if (absorbing.includes(state as TcpState)) continue;
  for (const direction of [0, 1]) table[(state << 4) | (direction << 3) | Event.illegal] = s.exception;
  for (const [event, from, next] of transitions[state as TcpState] ?? []) {
    if (from !== 'server') table[(state << 4) | event] = next;
    if (from !== 'client') table[(state << 4) | 8 | event] = next;
  }
}
const eventOfFlags = Uint8Array.from({ length: 64 }, (_, flags) => eventOf(flags));

/** The state after a segment with these flags, from the client (0) or the server (1). */
export function nextState(state: number, direction: number, flags: number): number {
  return table[(state << 4) | (direction << 3) | eventOfFlags[flags & 63]];
}

/** The same state if client and server changed places. */
export function mirroredState(state: number): number {
  if (state === s.closingTx1) return s.closingRx1;
  if (state === s.closingTx2) return s.closingRx2;
  if (state === s.closingRx1) return s.closingTx1;
  return state === s.closingRx2 ? s.closingTx2 : state;
}
