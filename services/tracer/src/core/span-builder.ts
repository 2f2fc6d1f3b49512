import {
  type AttributeSink,
  attr,
  Draft,
  describeHop,
  describeRequest,
  Resources,
  type SpanId,
  type SpanWriter,
  type View,
} from '@flowloom/otlp';
import { ClockSkew } from './clock-skew.ts';
import type { Exchange, Placement, Related } from './exchange.ts';
import type { ExportedSpan } from './memory-of-exports.ts';
import type { Observation } from './observation.ts';
import { MIDDLE_RANK, spanIdOf } from './path.ts';

/** What must be remembered of an encoded span. */
export interface BuiltSpan extends ExportedSpan {
  /** Names it to the writer. */
  readonly number: number;
}

/** The spans of an exchange: valid until the next one is built. */
export interface Built {
  /** In path order; the first `count` are. */
  readonly spans: readonly BuiltSpan[];
  readonly count: number;
  readonly hasError: boolean;
  readonly clock: Clock;
}

/** Clock of the capturer that saw the last span: what children on the same host are corrected by. */
export interface Clock {
  readonly agent: string;
  readonly correctionUs: number;
}

/** How a span hangs below the one above it. */
interface Hanging {
  readonly link: string;
  readonly rule: string;
  readonly confidence: number;
}

const late: Hanging = { link: 'observed', rule: 'late', confidence: 0 };
const oneObservation: Hanging = { link: 'observed', rule: 'one_observation', confidence: 0 };
const tcpSequence: Hanging = { link: 'observed', rule: 'tcp_sequence', confidence: 0 };
/** Both ends of a Unix socket have the same number for it. */
const samePosition: Hanging = { link: 'observed', rule: 'unix_position', confidence: 0 };
const protocolId: Hanging = { link: 'observed', rule: 'protocol_id', confidence: 0 };

/**
 * Makes the spans of an exchange, nested in path order. The observation nearest to the client gives the CLIENT span of
 * the client's service, the one nearest to the server the SERVER span of the server's service, those between INTERNAL
 * spans of the side where they are. A single observation saw both sides: it gives both spans, with the same times.
 */
export class SpanBuilder {
  readonly #writer: SpanWriter;
  readonly #draft: Draft;
  readonly #names: Draft;
  readonly #resources = new Resources();
  readonly #skew = new ClockSkew();
  /** Used again for every exchange. */
  readonly #spans: { -readonly [K in keyof BuiltSpan]: BuiltSpan[K] }[] = [];
  #count = 0;
  #hasError = false;
  /** The hop that was described last, of the exchange that is being built. */
  #hop: Observation | undefined;

  constructor(writer: SpanWriter) {
    this.#writer = writer;
    this.#draft = new Draft(writer);
    this.#names = new Draft(nowhere);
  }

  build(exchange: Exchange, placement: Placement): Built {
    const { observations } = exchange;
    const single = observations.length === 1;
    const hanging = single ? oneObservation : hangingOf(exchange.first);
    const { clock, traceId } = placement;
    let { agent } = exchange.first;
    let correctionUs = clock && clock.agent === agent ? clock.correctionUs : 0;
    let name = '';
    this.#start();
    const count = single ? 2 : observations.length;
    /** Whose span links to where messages came from. */
    const consumer = exchange.messaging === 'push' ? count - 1 : 0;
    for (let i = 0; i < count; i++) {
      const observation = observations[single ? 0 : i];
      if (i > 0 && !single) {
        correctionUs += this.#step(exchange, i - 1);
        agent = observation.agent;
      }
      const view = i === 0 ? 'client' : i === count - 1 ? 'server' : 'network';
      this.#begin(observation, view, traceId);
      if (i > 0) this.#writer.parentId(this.#spans[i - 1]);
      else if (placement.parentSpanId) this.#writer.parent(placement.parentSpanId);
      if (placement.isSampled) this.#writer.flags(SAMPLED);
      if (i === 0) this.#describePlacement(placement);
      if (i === 0 && exchange.resends > 0) this.#writer.attribute(attr.httpRequestResendCount, exchange.resends);
      if (i === consumer) this.#link(exchange.related);
      const own = this.#describe(observation, view, i === 0 ? placement : hanging, correctionUs);
      if (i === 0) name = own;
      this.#end(observation, view, view === 'network' ? name : own, correctionUs);
    }
    return this.#built({ agent, correctionUs });
  }

  /** Spans of observations that came when the exchange had been exported: each below the span that `parentOf` names. */
  buildLate(observations: readonly Observation[], traceId: string, parentOf: (one: Observation) => SpanId): Built {
    this.#start();
    for (const observation of observations) {
      describeRequest(this.#names, observation, 'client');
      this.#hop = undefined;
      this.#begin(observation, 'network', traceId);
      this.#writer.parentId(parentOf(observation));
      this.#describe(observation, 'network', late, 0);
      this.#end(observation, 'network', this.#names.name, 0);
    }
    return this.#built({ agent: '', correctionUs: 0 });
  }

  #start(): void {
    this.#hop = undefined;
    this.#count = 0;
    this.#hasError = false;
  }

  #built(clock: Clock): Built {
    return { spans: this.#spans, count: this.#count, hasError: this.#hasError, clock };
  }

  #begin(observation: Observation, view: View, traceId: string): void {
    if (this.#count === this.#spans.length) this.#spans.push({ high: 0, low: 0, rank: 0, number: 0 });
    const span = spanIdOf(observation, view, this.#spans[this.#count]);
    span.rank = observation.rank;
    this.#writer.begin(traceId, span);
  }

  /** Correction from one observation to the next: none where one clock saw both. */
  #step(exchange: Exchange, at: number): number {
    const near = exchange.observations[at];
    const far = exchange.observations[at + 1];
    return near.agent === far.agent ? 0 : this.#skew.correction(near, far, exchange.startUs);
  }

  /** Writes the attributes; returns the name. */
  #describe(row: Observation, view: View, { link, rule, confidence }: Hanging, correctionUs: number): string {
    const writer = this.#writer;
    if (view === 'network') this.#describeHop(row);
    else describeRequest(this.#draft, row, view);
    writer.attribute('flowloom.observation_point', row.observation_point);
    writer.attribute('flowloom.agent', row.agent);
    writer.id('flowloom.request_id', row.idHigh, row.idLow);
    writer.id('flowloom.flow_id', row.flowHigh, row.flowLow);
    if (link) writer.attribute('flowloom.link', link);
    if (rule) writer.attribute('flowloom.link_rule', rule);
    if (confidence) writer.attribute('flowloom.link_confidence', confidence);
    if (correctionUs !== 0) writer.attribute('flowloom.clock_skew_us', correctionUs);
    return this.#draft.name;
  }

  /** Most hops of a request say the same of it: then the bytes of the one before are written again. */
  #describeHop(row: Observation): void {
    if (this.#hop?.isSameHop(row)) {
      this.#writer.again();
      return;
    }
    const from = this.#writer.size;
    describeHop(this.#draft, row);
    this.#writer.keep(from);
    this.#hop = row;
  }

  #describePlacement({ related, split, headerTrace, isSampled }: Placement): void {
    if (isSampled === false) this.#writer.attribute('flowloom.trace_sampled', false);
    if (headerTrace) this.#writer.unique('flowloom.trace_header', headerTrace);
    if (split) this.#writer.attribute('flowloom.trace_split', split);
    if (related) this.#link(related);
  }

  #link(related: readonly Related[]): void {
    for (const { traceId, spanId, reason } of related) {
      this.#writer.link(traceId, spanId, { 'flowloom.link_reason': reason });
    }
  }

  #end(observation: Observation, view: View, name: string, correctionUs: number): void {
    const { start_us, end_us } = observation;
    const { kind, isError, message } = this.#draft;
    const resource = this.#resources.of(observation, sideOf(observation, view));
    const error = isError ? message : undefined;
    const endUs = Math.max(end_us, start_us + SHORTEST_US) + correctionUs;
    this.#spans[this.#count++].number = this.#writer.end(name, kind, start_us + correctionUs, endUs, error, resource);
    this.#hasError ||= isError;
  }
}

/** A message that nobody answers ends as it begins. Jaeger takes a span without duration for a broken one, and says so in it. */
const SHORTEST_US = 1;

/** The flag of W3C Trace Context 3.2.2.5. */
const SAMPLED = 1;

/** For who wants only the name of a span. */
const nowhere: AttributeSink = { attribute: () => {} };

/** Whose service a span belongs to: that of its view, and between them that of the nearer side. */
function sideOf({ rank }: Observation, view: View): 'client' | 'server' {
  return view === 'network' ? (rank > MIDDLE_RANK ? 'server' : 'client') : view;
}

/** How the observations of an exchange are known to be of one. */
function hangingOf({ req_tcp_seq, transport }: Observation): Hanging {
  if (req_tcp_seq === 0) return protocolId;
  return transport === 'unix' ? samePosition : tcpSequence;
}
