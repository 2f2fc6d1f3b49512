import type { MessagingOperation } from '@flowloom/otlp';
import { hash128 } from './hash.ts';
import type { Observation } from './observation.ts';
import { byPath, observationId } from './path.ts';
import { Texts } from './texts.ts';

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

/** A root of the trace. */
export function root(traceId: string): Placement {
  return {
    traceId,
    parentSpanId: '',
    parentStartUs: undefined,
    link: '',
    rule: '',
    confidence: 0,
    clock: undefined,
    related: undefined,
    split: undefined,
    isSampled: undefined,
    headerTrace: undefined,
  };
}

const BUCKET_US = 600e6;

/**
 * One request and its response, as all observation points of its way saw it: `c-p -> c -> ... -> s -> s-p`.
 * Between arrival and export it is open; waiting exchanges hang below the one that they wait for.
 */
export class Exchange {
  /** The sequence number or id that its observations share. */
  readonly number: number | string;
  /** Where the table keeps it: by a hash of its number, see `Chains`. */
  readonly hash: number;
  previous: Exchange | undefined;
  next: Exchange | undefined;
  /** What it does with messages. */
  readonly messaging: MessagingOperation | undefined;
  readonly observations: Observation[];
  startUs: number;
  endUs: number;
  responseSeq: number;
  /** When it is settled if nothing more arrives, on the clock of the caller. */
  dueUs = 0;
  /** When it stops waiting for a parent that nobody has seen; 0 until it is settled. */
  deadlineUs = 0;
  /** An observation arrived so late that the exchange may have been exported without it. */
  isLate = false;
  /** It got an observation since it was offered as a parent. */
  isChanged = false;
  isExported = false;
  /** One of its observations carries what other requests of its cause may carry too. */
  hasToken: boolean;
  /** The open exchange that it waits for, and how that is known to be its parent. */
  parent: Exchange | undefined;
  cause: Pick<Placement, 'link' | 'rule' | 'confidence'> | undefined;
  children: Exchange[] = noChildren;
  /** Where lookups of the name that it followed look for it. */
  followed: readonly string[] = followedNone;
  /** How often it had been sent before. */
  resends = 0;
  /** Span links, besides those of its placement. */
  related: readonly Related[] = relatedToNone;
  #key: string | undefined;

  constructor(number: number | string, hash: number, first: Observation, messaging?: MessagingOperation) {
    this.number = number;
    this.hash = hash;
    this.messaging = messaging;
    this.observations = [first];
    this.startUs = first.start_us;
    this.endUs = first.end_us;
    this.responseSeq = first.resp_tcp_seq;
    this.hasToken = first.hasToken;
  }

  add(observation: Observation): void {
    this.#insert(observation);
    this.startUs = Math.min(this.startUs, observation.start_us);
    this.endUs = Math.max(this.endUs, observation.end_us);
    this.#answered(observation.resp_tcp_seq);
    this.hasToken ||= observation.hasToken;
  }

  /** Where two saw different answers, whoever came first, it is the same one. */
  #answered(seq: number): void {
    if (seq !== 0 && (this.responseSeq === 0 || seq < this.responseSeq)) this.responseSeq = seq;
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

  /** What its observations have in common, without the response's sequence number. */
  get key(): string {
    if (this.#key === undefined) {
      scratch.clear();
      this.writeKey(scratch).end();
      this.#key = scratch.get(0);
    }
    return this.#key;
  }

  /** The same as a part of a longer text. */
  writeKey(into: Texts): Texts {
    const { transport, protocol, protocol_request_id: id, req_tcp_seq, resp_tcp_seq } = this.first;
    into.text(transport).text('|').text(protocol).text('|');
    if (typeof this.number === 'number') return into.integer(req_tcp_seq).text('|').text(id);
    if (resp_tcp_seq !== 0) return into.text('r').integer(resp_tcp_seq).text('|').text(id);
    if (id === '') return into.text(this.number);
    const { request_type, request_domain, request_resource } = this.first;
    into.text(id).text('|').text(request_type).text('|');
    return into.text(request_domain).text('|').text(request_resource);
  }

  /** Names the exchange in the link store, until its sequence numbers may come again. */
  writeStoreKey(into: Texts): Texts {
    this.writeKey(into).text('|').integer(this.responseSeq);
    return into.text('|').integer(Math.floor(this.startUs / BUCKET_US));
  }
}

const scratch = new Texts();
const noChildren: Exchange[] = [];
const followedNone: readonly string[] = [];
const relatedToNone: readonly Related[] = [];
