import type { MessagingOperation } from '@flowloom/otlp';
import { hash128 } from './hash.ts';
import { byPath, type Observation, observationId } from './observation.ts';

/** A span that is no parent, and why it is named. */
export interface Related {
  readonly traceId: string;
  readonly spanId: string;
  readonly reason: 'observed_cause' | 'split_size' | 'split_age' | 'message_context' | 'message_sent' | 'resolved_for';
}

/** Trace that an exchange belongs to, and the span above it. */
export interface Placement {
  readonly traceId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  /** When the parent began, by the clock of its capturer; absent where only a header names it. */
  readonly parentStartUs?: number;
  /** How the parent is known: observed, header or inferred; '' for a root. */
  readonly link: string;
  readonly rule: string;
  readonly confidence: number;
  /** Microseconds that were added to the times of a capturer to bring them to the clock of the trace. */
  readonly clock?: { readonly agent: string; readonly correctionUs: number };
  /** What the exchange has to do with besides its parent: span links. */
  readonly related?: readonly Related[];
  /** Why the exchange left the trace of its parent. */
  readonly split?: 'size' | 'age';
  /** The trace header says that the application's own spans are exported, or that they are not; absent without one. */
  readonly isSampled?: boolean;
  /** The id of the application's own trace where it is no OpenTelemetry id. */
  readonly headerTrace?: string;
}

const BUCKET_US = 600e6;

/**
 * One request and its response, as all observation points of its way saw it: `c-p -> c -> ... -> s -> s-p`.
 * Between arrival and export it is open; waiting exchanges hang below the one that they wait for.
 */
export class Exchange {
  /** Where the table keeps it: the sequence number or id that its observations share. */
  readonly number: number | string;
  /** What it does with messages. */
  readonly messaging: MessagingOperation | undefined;
  /** What its observations have in common, without the response's sequence number. */
  readonly key: string;
  readonly observations: Observation[] = [];
  /** Its neighbours among the open exchanges of the same number. */
  older: Exchange | undefined;
  younger: Exchange | undefined;
  startUs = Number.POSITIVE_INFINITY;
  endUs = 0;
  responseSeq = 0;
  /** When it is settled if nothing more arrives, on the clock of the caller. */
  dueUs = 0;
  /** When it stops waiting for a parent that nobody has seen; 0 until it is settled. */
  deadlineUs = 0;
  /** An observation arrived so late that the exchange may have been exported without it. */
  isLate = false;
  /** It got an observation since it was offered as a parent. */
  isChanged = false;
  isExported = false;
  /** The open exchange that it waits for, and how that is known to be its parent. */
  parent: Exchange | undefined;
  cause: Pick<Placement, 'link' | 'rule' | 'confidence'> | undefined;
  readonly children: Exchange[] = [];
  /** Where lookups of the name that it followed look for it. */
  followed: readonly string[] = [];
  /** How often it had been sent before. */
  resends = 0;
  /** Span links, besides those of its placement. */
  related: readonly Related[] = [];

  constructor(number: number | string, key: string, messaging?: MessagingOperation) {
    this.number = number;
    this.key = key;
    this.messaging = messaging;
  }

  add(observation: Observation): void {
    const { row, origin } = observation;
    this.#insert(observation);
    this.startUs = Math.min(this.startUs, row.start_us);
    this.endUs = Math.max(this.endUs, row.end_us);
    this.responseSeq ||= row.resp_tcp_seq;
    if (origin) origin.open++;
  }

  /** Observations are in path order: everything relies on it. */
  #insert(observation: Observation): void {
    const { observations } = this;
    let at = observations.length;
    observations.push(observation);
    for (; at > 0 && byPath(observations[at - 1], observation) > 0; at--) observations[at] = observations[at - 1];
    observations[at] = observation;
  }

  /** It hands a message to a consumer. */
  get isReceive(): boolean {
    return this.messaging === 'pull' || this.messaging === 'push';
  }

  get first(): Observation {
    return this.observations[0];
  }

  get last(): Observation {
    return this.observations[this.observations.length - 1];
  }

  /** The trace that it begins where it is a root: made from what was observed, so the same on every replay. */
  get ownTraceId(): string {
    return hash128(observationId(this.first));
  }

  /** Names the exchange in the link store, until its sequence numbers may come again. */
  get storeKey(): string {
    return `${this.key}|${this.responseSeq}|${Math.floor(this.startUs / BUCKET_US)}`;
  }
}
