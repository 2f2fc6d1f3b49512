import {
  type AttributeValue,
  describeRequest,
  type Resource,
  type ResourceSpans,
  Resources,
  type Scope,
  type Span,
  type View,
} from '@flowloom/otlp';
import { ClockSkew, rangeOf } from './clock-skew.ts';
import type { Exchange, Placement } from './exchange.ts';
import { MIDDLE_RANK, type Observation, spanIdOf } from './observation.ts';

/** A span and whose it is. */
export interface BuiltSpan {
  readonly span: Span;
  readonly resource: Resource;
  readonly observation: Observation;
}

/** Clock of the capturer that saw the last span: what children on the same host are corrected by. */
export interface Clock {
  readonly agent: string;
  readonly correctionUs: number;
}

const scope: Scope = { name: 'flowloom.tracer' };

/**
 * Makes the spans of an exchange, nested in path order. The observation nearest to the client gives the CLIENT span of
 * the client's service, the one nearest to the server the SERVER span of the server's service, those between INTERNAL
 * spans of the side where they are. A single observation saw both sides: it gives both spans, with the same times.
 */
export class SpanBuilder {
  readonly #resources = new Resources();
  readonly #skew = new ClockSkew();

  build(exchange: Exchange, placement: Placement): { spans: BuiltSpan[]; clock: Clock } {
    const views = viewsOf(exchange.observations);
    const { clock } = placement;
    let agent = exchange.first.row.agent;
    let correctionUs = clock && clock.agent === agent ? clock.correctionUs : 0;
    let parentSpanId = placement.parentSpanId;
    let name = '';
    let at = 0;
    const spans = views.map(([observation, view], i) => {
      if (observation !== exchange.observations[at]) {
        correctionUs += this.#step(exchange, at++);
        agent = observation.row.agent;
      }
      const link = i === 0 ? placement : sameExchange(exchange);
      const place = { ...placement, ...link, parentSpanId };
      const built = this.#span(observation, view, place, correctionUs, view === 'network' ? name : '');
      name ||= built.span.name;
      if (i === 0) describePlacement(built.span.attributes as Record<string, AttributeValue>, placement);
      parentSpanId = built.span.spanId;
      return built;
    });
    return { spans, clock: { agent, correctionUs } };
  }

  /** Spans of observations that came when the exchange had been exported: below the nearest span on their way. */
  buildLate(observation: Observation, traceId: string, parentSpanId: string): BuiltSpan {
    const link = { link: 'observed', rule: 'late', confidence: 0 };
    const { name } = describeRequest(observation.row, 'client');
    return this.#span(observation, 'network', { traceId, parentSpanId, ...link }, 0, name);
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

  #span(observation: Observation, view: View, placement: Placement, correctionUs: number, name: string): BuiltSpan {
    const { row } = observation;
    const { name: ownName, kind, attributes, error } = describeRequest(row, view);
    attributes['flowloom.observation_point'] = row.observation_point;
    attributes['flowloom.agent'] = row.agent;
    attributes['flowloom.request_id'] = row.request_id;
    attributes['flowloom.flow_id'] = row.flow_id;
    if (placement.link) attributes['flowloom.link'] = placement.link;
    if (placement.rule) attributes['flowloom.link_rule'] = placement.rule;
    if (placement.confidence) attributes['flowloom.link_confidence'] = placement.confidence;
    if (correctionUs !== 0) attributes['flowloom.clock_skew_us'] = correctionUs;
    const span: Span = {
      traceId: placement.traceId,
      spanId: spanIdOf(observation, view),
      parentSpanId: placement.parentSpanId,
      name: name || ownName,
      kind,
      startUs: row.start_us + correctionUs,
      endUs: Math.max(row.end_us, row.start_us) + correctionUs,
      attributes,
      error,
      links: linksOf(placement),
    };
    return { span, resource: this.#resources.of(row, sideOf(observation, view)), observation };
  }
}

function viewsOf(observations: readonly Observation[]): [Observation, View][] {
  if (observations.length === 1)
    return [
      [observations[0], 'client'],
      [observations[0], 'server'],
    ];
  const end = observations.length - 1;
  return observations.map((one, i) => [one, i === 0 ? 'client' : i === end ? 'server' : 'network']);
}

/** Whose service a span belongs to: that of its view, and between them that of the nearer side. */
function sideOf({ rank }: Observation, view: View): 'client' | 'server' {
  return view === 'network' ? (rank > MIDDLE_RANK ? 'server' : 'client') : view;
}

/** How the spans of one exchange know that they belong together. */
function sameExchange({ observations }: Exchange): Partial<Placement> {
  const rule =
    observations.length === 1 ? 'one_observation' : observations[0].row.req_tcp_seq ? 'tcp_sequence' : 'protocol_id';
  return { link: 'observed', rule, confidence: 0, related: undefined };
}

function describePlacement(attributes: Record<string, AttributeValue>, { split, headerTrace }: Placement): void {
  if (headerTrace) attributes['flowloom.trace_header'] = headerTrace;
  if (split) attributes['flowloom.trace_split'] = split;
}

function linksOf({ related }: Placement): Span['links'] {
  if (related === undefined) return undefined;
  const attributes = { 'flowloom.link_reason': related.reason };
  return [{ traceId: related.traceId, spanId: related.spanId, attributes }];
}

/** Spans by resource, in the order in which they came. */
export function groupByResource(built: readonly BuiltSpan[]): ResourceSpans[] {
  const groups = new Map<Resource, Span[]>();
  for (const { resource, span } of built) {
    const spans = groups.get(resource);
    if (spans) spans.push(span);
    else groups.set(resource, [span]);
  }
  return [...groups].map(([resource, spans]) => ({ resource, scope, spans }));
}
