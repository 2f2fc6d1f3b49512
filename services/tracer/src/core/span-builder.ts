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
import { ClockSkew, rangeOf } from './clock-skew.ts';
import type { Exchange, Placement, Related } from './exchange.ts';
import type { ExportedSpan } from './memory-of-exports.ts';
import { MIDDLE_RANK, type Observation, spanIdOf } from './observation.ts';
import type { ObservedRow } from './observed-row.ts';

/** What must be remembered of an encoded span. */
export interface BuiltSpan extends ExportedSpan {
  /** Names it to the writer. */
  readonly number: number;
  readonly isError: boolean;
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
  /** The hop that was described last, of the exchange that is being built. */
  #hop: ObservedRow | undefined;

  constructor(writer: SpanWriter) {
    this.#writer = writer;
    this.#draft = new Draft(writer);
    this.#names = new Draft(nowhere);
  }

  build(exchange: Exchange, placement: Placement): { spans: BuiltSpan[]; clock: Clock } {
    const { observations } = exchange;
    const single = observations.length === 1;
    const hanging = single ? oneObservation : hangingOf(exchange.first.row);
    const { clock, traceId } = placement;
    let { agent } = exchange.first.row;
    let correctionUs = clock && clock.agent === agent ? clock.correctionUs : 0;
    let name = '';
    this.#hop = undefined;
    const count = single ? 2 : observations.length;
    const spans: BuiltSpan[] = new Array(count);
    /** Whose span links to where messages came from. */
    const consumer = exchange.messaging === 'push' ? count - 1 : 0;
    for (let i = 0; i < count; i++) {
      const observation = observations[single ? 0 : i];
      if (i > 0 && !single) {
        correctionUs += this.#step(exchange, i - 1);
        agent = observation.row.agent;
      }
      const view = i === 0 ? 'client' : i === count - 1 ? 'server' : 'network';
      const id = spanIdOf(observation, view);
      this.#writer.begin(traceId, id);
      if (i > 0) this.#writer.parentId(spans[i - 1]);
      else if (placement.parentSpanId) this.#writer.parent(placement.parentSpanId);
      if (placement.isSampled) this.#writer.flags(SAMPLED);
      if (i === 0) this.#describePlacement(placement);
      if (i === 0 && exchange.resends > 0) this.#writer.attribute(attr.httpRequestResendCount, exchange.resends);
      if (i === consumer) this.#link(exchange.related);
      const own = this.#describe(observation, view, i === 0 ? placement : hanging, correctionUs);
      if (i === 0) name = own;
      spans[i] = this.#end(observation, view, view === 'network' ? name : own, correctionUs, id);
    }
    return { spans, clock: { agent, correctionUs } };
  }

  /** Spans of observations that came when the exchange had been exported: below the nearest span on their way. */
  buildLate(observation: Observation, traceId: string, parent: SpanId): BuiltSpan {
    describeRequest(this.#names, observation.row, 'client');
    this.#hop = undefined;
    const id = spanIdOf(observation, 'network');
    this.#writer.begin(traceId, id);
    this.#writer.parentId(parent);
    this.#describe(observation, 'network', late, 0);
    return this.#end(observation, 'network', this.#names.name, 0, id);
  }

  /** Correction from one observation to the next: none where one clock saw both. */
  #step(exchange: Exchange, at: number): number {
    const near = exchange.observations[at].row;
    const far = exchange.observations[at + 1].row;
    if (near.agent === far.agent) return 0;
    const range = rangeOf(exchange, at);
    if (range.high !== Number.POSITIVE_INFINITY) this.#skew.learn(near.agent, far.agent, range, exchange.startUs);
    return this.#skew.correction(near.agent, far.agent, range);
  }

  /** Writes the attributes; returns the name. */
  #describe({ row }: Observation, view: View, { link, rule, confidence }: Hanging, correctionUs: number): string {
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
  #describeHop(row: ObservedRow): void {
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

  #end(observation: Observation, view: View, name: string, correctionUs: number, { high, low }: SpanId): BuiltSpan {
    const { row, rank } = observation;
    const { kind, isError, message } = this.#draft;
    const endUs = Math.max(row.end_us, row.start_us) + correctionUs;
    const resource = this.#resources.of(row, sideOf(observation, view));
    const error = isError ? message : undefined;
    const number = this.#writer.end(name, kind, row.start_us + correctionUs, endUs, error, resource);
    return { number, high, low, rank, isError };
  }
}

/** The flag of W3C Trace Context 3.2.2.5. */
const SAMPLED = 1;

/** For who wants only the name of a span. */
const nowhere: AttributeSink = { attribute: () => {} };

/** Whose service a span belongs to: that of its view, and between them that of the nearer side. */
function sideOf({ rank }: Observation, view: View): 'client' | 'server' {
  return view === 'network' ? (rank > MIDDLE_RANK ? 'server' : 'client') : view;
}

/** How the observations of an exchange are known to be of one. */
function hangingOf({ req_tcp_seq, transport }: ObservedRow): Hanging {
  if (req_tcp_seq === 0) return protocolId;
  return transport === 'unix' ? samePosition : tcpSequence;
}
