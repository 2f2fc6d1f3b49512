import { type Scope, type SpanId, SpanWriter, spanIdText, type View } from '@flowloom/otlp';
import { type Exchange, type Placement, type Related, root } from './exchange.ts';
import { STRONG_TOLERANCE_US } from './exchange-table.ts';
import { headerOf } from './header-context.ts';
import type { LinkStore } from './link-store.ts';
import {
  below,
  type ExportedExchange,
  type ExportedRequest,
  messageKey,
  parseExchange,
  writeExchange,
  writeExchangeKey,
  writeRequest,
  writeRequestKey,
} from './memory-of-exports.ts';
import { followerEntry } from './name-lookups.ts';
import type { Observation } from './observation.ts';
import type { TracerEvent, TracerOptions } from './options.ts';
import type { Origins } from './parent-rules.ts';
import { canBeParent, spanIdOf } from './path.ts';
import type { Origin } from './rows.ts';
import { type Built, SpanBuilder } from './span-builder.ts';
import { type Part, TailSampler } from './tail-sampler.ts';
import { Entries, Texts } from './texts.ts';
import { TraceBudget } from './trace-budget.ts';
import type { FinishedTrace } from './tracer.ts';

const views: readonly View[] = ['client', 'network', 'server'];
const scope: Scope = { name: 'flowloom.tracer' };

/** Encoded spans wait in one buffer until they are joined to traces: at most this much. */
const MAX_WAITING_BYTES = 32 * 2 ** 20;

/** What is exported of one trace, before its spans are joined. */
interface GrowingPart extends Omit<Part, 'requests'> {
  /** Numbers of its spans. */
  readonly spans: number[];
  readonly origins: Origin[];
  hasError: boolean;
  longestUs: number;
}

/** Turns placed exchanges into spans by trace, and remembers which exchange became what. */
export class Exporter {
  readonly #store: LinkStore;
  readonly #onEvent: (event: TracerEvent) => void;
  readonly #budget: TraceBudget;
  readonly #maxRequestBytes: number;
  readonly #writer = new SpanWriter(scope);
  readonly #builder = new SpanBuilder(this.#writer);
  readonly #sampler: TailSampler | undefined;
  #growing = new Map<string, GrowingPart>();
  #finished: Part[] = [];
  #exchanges: Exchange[] = [];
  /** Exchanges of traces that are not decided yet, as the link store will know them. */
  readonly #held = new Map<string, string>();
  readonly #followers = new Entries();
  /** What is handed out but not confirmed. */
  readonly #links = new Entries();

  constructor(store: LinkStore, options: TracerOptions, onEvent: (event: TracerEvent) => void) {
    this.#store = store;
    this.#onEvent = onEvent;
    this.#budget = new TraceBudget(options);
    this.#maxRequestBytes = options.maxRequestBytes;
    this.#sampler = options.sampling.rate < 1 ? new TailSampler(options.sampling, store) : undefined;
  }

  /** Lets lookups of names find the requests that followed them. */
  async offerFollowers(): Promise<void> {
    if (this.#followers.length === 0) return;
    await this.#store.add(this.#followers);
    this.#followers.clear();
  }

  async confirm(): Promise<void> {
    if (this.#links.length === 0) return;
    await this.#store.set(this.#links);
    this.#links.clear();
  }

  /** The exchanges that went since the last call, and the traces that may go. */
  async take(nowUs: number, isLast: boolean): Promise<{ traces: FinishedTrace[]; exchanges: Exchange[] }> {
    this.#join(nowUs);
    const exchanges = this.#exchanges;
    this.#exchanges = [];
    const { kept, dropped } = (await this.#sampler?.take(nowUs, isLast)) ?? { kept: this.#finished, dropped: [] };
    this.#finished = [];
    for (const part of dropped) {
      this.#onEvent({ type: 'sampled_out', spans: part.requests.reduce((sum, { spans }) => sum + spans, 0) });
    }
    for (const list of [kept, dropped]) for (const part of list) this.#release(part);
    return { traces: kept.flatMap(({ requests }) => requests), exchanges };
  }

  /** An exchange that hangs below no open one, and all that hang below it. */
  exportTop(top: Exchange, origins: Origins, parent: ExportedRequest | undefined, nowUs: number): void {
    const stack: [Exchange, Placement][] = [[top, topPlacement(top, origins, parent)]];
    while (stack.length > 0) {
      const [exchange, wanted] = stack.pop()!;
      const placement = this.#withinBudget(exchange, wanted);
      const built = this.#export(exchange, placement);
      if (exchange.children.length === 0) continue;
      const self = exportedRequest(exchange, placement.traceId, built);
      for (const child of exchange.children) {
        stack.push([child, below(self, child.cause!, headerOf(child)?.isSampled)]);
      }
    }
    if (this.#writer.size > MAX_WAITING_BYTES) this.#join(nowUs);
  }

  /**
   * Of exchanges that came late, those that were exported before get no second life: what is new of them goes below
   * their spans, what is a repetition goes nowhere. Returns the rest.
   */
  async passOverExported(due: readonly Exchange[]): Promise<Exchange[]> {
    const late = due.filter(({ isLate }) => isLate);
    if (late.length === 0) return [...due];
    const keys = new Texts();
    for (const exchange of late) writeExchangeKey(keys, exchange).end();
    const values = await this.#store.get(keys);
    for (const i of values.keys()) values[i] = this.#held.get(keys.get(i)) ?? values[i];
    const before = new Map(late.map((exchange, i) => [exchange, parseExchange(values[i])]));
    const fresh: Exchange[] = [];
    for (const exchange of due) {
      const exported = before.get(exchange);
      if (exported && overlaps(exchange, exported)) this.#exportLate(exchange, exported);
      else fresh.push(exchange);
    }
    return fresh;
  }

  #export(exchange: Exchange, placement: Placement): Built {
    const built = this.#builder.build(exchange, placement);
    const { traceId } = placement;
    this.#remember(exchange, traceId, built);
    const { startUs, endUs } = exchange;
    this.#collect(exchange, { traceId, startUs, endUs, spans: built.spans }, built);
    if (exchange.followed.length > 0) {
      const entry = followerEntry(exchange, placement, spanIdText(built.spans[0]));
      for (const key of exchange.followed) this.#followers.push(key, entry);
    }
    return built;
  }

  /** What may name it as a parent finds it from now on, also where its trace is not decided. */
  #remember(exchange: Exchange, traceId: string, built: Built): void {
    const { keys, values } = this.#links;
    const startUs = parentView(exchange).start_us;
    for (const observation of exchange.observations) {
      if (!canBeParent(observation)) continue;
      writeRequestKey(keys, observation.idHigh, observation.idLow).end();
      writeRequest(values, traceId, parentSpan(exchange, built), built.clock, startUs).end();
    }
    const sent = exchange.messaging === 'send' ? headerOf(exchange) : undefined;
    if (!sent?.spanId) return;
    keys.push(messageKey(sent));
    writeRequest(values, traceId, built.spans[0], built.clock, startUs).end();
  }

  #exportLate(exchange: Exchange, exported: ExportedExchange): void {
    const known = new Set(exported.spans.map(spanIdText));
    const fresh = exchange.observations.filter(
      (one) => !views.some((view) => known.has(spanIdText(spanIdOf(one, view, { high: 0, low: 0 })))),
    );
    if (fresh.length > 0) this.#onEvent({ type: 'late', observations: fresh.length });
    const repeated = exchange.observations.length - fresh.length;
    if (repeated > 0) this.#onEvent({ type: 'repeated', observations: repeated });
    const built = this.#builder.buildLate(fresh, exported.traceId, (one) => spanAbove(one, exported));
    const spans = [...exported.spans, ...built.spans.slice(0, built.count)];
    this.#collect(exchange, { ...exported, spans }, built, spans.length);
  }

  /** Puts the spans to those of their trace, and remembers the exchange as `exported`, which has so many spans by now. */
  #collect(exchange: Exchange, exported: ExportedExchange, built: Built, count = built.count): void {
    const { traceId } = exported;
    let part = this.#growing.get(traceId);
    if (part === undefined) {
      const links = this.#sampler ? new Entries() : undefined;
      part = { spans: [], hasError: false, longestUs: 0, origins: [], links };
      this.#growing.set(traceId, part);
    }
    for (let i = 0; i < built.count; i++) part.spans.push(built.spans[i].number);
    part.hasError ||= built.hasError;
    part.longestUs = Math.max(part.longestUs, exchange.endUs - exchange.startUs);
    for (const { origin } of exchange.observations) if (origin) part.origins.push(origin);
    exchange.isExported = true;
    this.#exchanges.push(exchange);
    const { keys, values } = part.links ?? this.#links;
    writeExchangeKey(keys, exchange).end();
    writeExchange(values, exported, count).end();
    if (this.#sampler) this.#held.set(keys.get(keys.length - 1), values.get(values.length - 1));
  }

  #join(nowUs: number): void {
    const onTooLarge = (bytes: number): void => this.#onEvent({ type: 'span_dropped', bytes });
    for (const [traceId, { spans, ...rest }] of this.#growing) {
      const requests = this.#writer
        .join(spans, this.#maxRequestBytes, onTooLarge)
        .map((one) => ({ traceId, request: one.request, spans: one.spans }));
      const part: Part = { ...rest, requests };
      if (this.#sampler) this.#sampler.add(traceId, part, nowUs);
      else this.#finished.push(part);
    }
    this.#growing = new Map();
    this.#writer.clear();
  }

  /** The trace is decided: its rows need not be read again. */
  #release({ origins, links }: Part): void {
    for (const origin of origins) origin.open--;
    for (let i = 0; i < (links?.length ?? 0); i++) {
      const key = links!.keys.get(i);
      this.#links.push(key, links!.values.get(i));
      this.#held.delete(key);
    }
  }

  /** A trace that is full or too old goes on in a new one, which says so and links back. */
  #withinBudget(exchange: Exchange, placement: Placement): Placement {
    const spans = Math.max(2, exchange.observations.length);
    const reason = this.#budget.spend(placement.traceId, spans, exchange.startUs);
    if (reason === '') return placement;
    this.#onEvent({ type: 'trace_split', reason });
    const { traceId, parentSpanId } = placement;
    const related: Related[] = parentSpanId ? [{ traceId, spanId: parentSpanId, reason: `split_${reason}` }] : [];
    const own = exchange.ownTraceId;
    this.#budget.spend(own, spans, exchange.startUs);
    return { ...root(own), related, split: reason };
  }
}

/** The observation that what it caused was observed beside: a receiver of messages is who asked for them. */
function parentView(exchange: Exchange): Observation {
  return exchange.messaging === 'pull' ? exchange.first : exchange.last;
}

/** What comes of a request hangs below its server's span; what comes of messages below that of who asked for them. */
function parentSpan(exchange: Exchange, { spans, count }: Built): SpanId {
  return spans[exchange.messaging === 'pull' ? 0 : count - 1];
}

function exportedRequest(exchange: Exchange, traceId: string, built: Built): ExportedRequest {
  const spanId = spanIdText(parentSpan(exchange, built));
  return { traceId, spanId, clock: built.clock, startUs: parentView(exchange).start_us };
}

function topPlacement(exchange: Exchange, origins: Origins, parent: ExportedRequest | undefined): Placement {
  const { cause, header, underHeader, beside } = origins;
  if (beside) return beside.parentSpanId ? beside : { ...beside, traceId: exchange.ownTraceId };
  if (underHeader && header) {
    const related: Related[] =
      parent && parent.traceId !== header.traceId
        ? [{ traceId: parent.traceId, spanId: parent.spanId, reason: 'observed_cause' }]
        : [];
    const { traceId, spanId, isSampled, original: headerTrace } = header;
    return {
      ...root(traceId),
      parentSpanId: spanId,
      link: 'header',
      rule: 'trace_header',
      related,
      isSampled,
      headerTrace,
    };
  }
  const isSampled = header?.isSampled;
  if (cause && parent) return below(parent, cause, isSampled);
  return { ...root(header?.traceId ?? exchange.ownTraceId), isSampled, headerTrace: header?.original };
}

/** The same sequence numbers, much later, are another exchange. */
function overlaps(exchange: Exchange, exported: ExportedExchange): boolean {
  return (
    exchange.startUs <= exported.endUs + STRONG_TOLERANCE_US && exchange.endUs >= exported.startUs - STRONG_TOLERANCE_US
  );
}

/** The exported span nearest to a late observation on the side of the client; of none, the topmost. */
function spanAbove({ rank }: Observation, { spans }: ExportedExchange): SpanId {
  const above = spans.filter((span) => span.rank <= rank);
  return above.at(-1) ?? spans[0];
}
