import type { Direction } from './direction.ts';
import type { View } from './engine/view.ts';
import type { L7Options } from './options.ts';
import type { Session } from './session/session.ts';

export type Transport = 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'sctp';

/** How sure a detector is that bytes are the start of a message of its protocol. */
export const Verdict = {
  /** These bytes cannot start a message of the protocol. */
  no: 0,
  /** Nothing against it, but thousands of other streams look alike, or too few bytes: counts only with the port's hint or in both directions. */
  maybe: 1,
  /** Several independent fields fit: less than one in 10,000 random or foreign messages looks like this. May be taken back once. */
  likely: 2,
  /** A magic, or as good as one: less than one in a million. */
  sure: 3,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Answers of `parse` beside a number of bytes. */
export const Parse = {
  /** The view ends inside something that must be read as a whole: it is kept, and shown again with more behind it. */
  needMore: 0,
  /** These bytes cannot be the next message: the engine looks for a message start in the next segments. */
  lost: -1,
  /** Nothing more is to be read in this connection, in either direction. */
  done: -2,
} as const;

/**
 * A protocol over one kind of transport. A protocol that is framed differently over TCP and UDP is two of these, with the
 * same name. Stateless: everything about one connection lives in its Conversation.
 */
export interface Protocol {
  /** As in `protocol` of request logs: lower case. */
  readonly name: string;
  readonly transports: readonly Transport[];
  /** Well-known server ports: only a hint, which lifts `maybe` to `likely`. */
  readonly ports?: readonly number[];
  /** How long a request waits for its response, ms; else `L7Options.timeoutMs`. */
  readonly timeoutMs?: number;
  /**
   * Judges the captured bytes [start, end) by content: the first bytes of a direction, or of a segment in the middle of
   * one. Called for every new connection: look at one or two bytes first, allocate nothing, never read at or past `end`.
   * A proper prefix of a message is `maybe` if not already more. `wireEnd` is where the segment or datagram ended on the wire: greater
   * than `end` if the capture cut it.
   */
  detect(bytes: Uint8Array, start: number, end: number, direction: Direction, wireEnd: number): Verdict;
  create(context: ConversationContext): Conversation;
}

/**
 * Reads both directions of one connection. It may throw nothing, whatever the bytes, and must keep its own memory
 * bounded. It reports requests and responses to `context.session`.
 */
export interface Conversation {
  /**
   * Reads at `view.start` what it can in one step, one message or part of one, and returns how many bytes that was. The
   * number may exceed the view: what is beyond is skipped unseen (bodies) and need not even be captured. Called again
   * until the view is used up or `Parse.needMore`. For a datagram the view is one whole datagram.
   *
   * `view.missing > 0` says that so many bytes behind the view were never captured: this is all there is, and after
   * `needMore` the engine declares a gap.
   */
  parse(direction: Direction, view: View): number;
  /** The bytes beyond the view that `parse` returned have all passed. Their times are already noted in the session. */
  skipped?(direction: Direction, view: View): void;
  /**
   * `bytes` are missing where `parse` would have read on. Return true to go on behind them (they were inside a body);
   * otherwise forget what is half read: the engine looks for the next message start.
   */
  gap?(direction: Direction, bytes: number): boolean;
  /**
   * Where, at or after `view.start`, may a message start after a gap, a mid-stream start or `Parse.lost`? An index, or -1
   * for nowhere in this view. Without it: at the start of a segment that `detect` calls likely.
   */
  resync?(direction: Direction, view: View): number;
  /** The sender of this direction has finished (FIN): a body without a length ends here. */
  ended?(direction: Direction): void;
  /** The connection is over. Requests still open are closed by the session afterwards. */
  close?(): void;
}

/** What the engine gives a conversation. */
export interface ConversationContext {
  readonly session: Session;
  readonly options: L7Options;
  readonly transport: Transport;
  /** Ports of the sides that send in direction 0 and 1; 0 where there are none. */
  readonly ports: readonly [number, number];
  /** Payload was read before encryption or after decryption (TLS uprobes). */
  readonly isTls: boolean;
  /**
   * After this `parse` both directions are read by another protocol: the named one, or with null whichever is detected
   * (STARTTLS, CONNECT). Open requests stay. `carry` reaches the new conversation as `context.carry`.
   */
  switchTo(protocol: string | null, carry?: unknown): void;
  /** What the conversation before this one handed over. */
  readonly carry: unknown;
}
