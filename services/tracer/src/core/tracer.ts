import type { Batch, taggedRequest } from '@flowloom/records';
import { DueQueue } from './due-queue.ts';
import { exportedParents, linkSenders, type Settled } from './earlier-exports.ts';
import type { Exchange } from './exchange.ts';
import { ExchangeTable } from './exchange-table.ts';
import { Exporter } from './exporter.ts';
import { ParentInference } from './infer-parent.ts';
import { Lateness } from './lateness.ts';
import type { LinkStore } from './link-store.ts';
import { followLookups, isLookup, offerLookup, placesOfLookups } from './name-lookups.ts';
import { Observation } from './observation.ts';
import { offerOpenRequest } from './open-requests.ts';
import { defaultTracerOptions, type TracerEvent, type TracerOptions } from './options.ts';
import { originsOf } from './parent-rules.ts';
import { countResends } from './resends.ts';
import { type Origin, Rows } from './rows.ts';
import { Sides } from './side-reader.ts';
import { Entries } from './texts.ts';
import { offerTokens } from './tokens.ts';

/** Spans of one trace that were finished together, as the bytes of an ExportTraceServiceRequest. */
export interface FinishedTrace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  readonly request: Uint8Array<ArrayBuffer>;
  readonly spans: number;
}

/** A deadline that is over. */
const PAST = 1;

/** Settling times that are waited longer at most where rows come late. */
const LONGEST_DELAY = 2;

/** Settling times for which a lookup of a name waits for the request that it was made for. */
const LOOKUP_WAIT = 3;

/**
 * Joins what observation points saw into exchanges, finds what caused each, and hands out spans.
 *
 *     add -> [ open exchange ] --settled--> parent? --open here---> hangs below it, goes with it
 *                                              |------exported----> goes
 *                                              |------not seen----> [ waits ] --deadline--> goes as a root
 *                                              '------none--------> goes as a root
 *
 * - Trace ids, span ids and parents depend on what was observed, not on the order in which it arrived before settling.
 * - Calls of `advance`, `flush` and `confirm` must not overlap; `add` may be called at any time.
 * - What `advance` returned is remembered in the link store by `confirm`: call it when the spans are published. Until
 *   then a crash makes a second tracer export the same spans, with the same ids, once more.
 */
export class Tracer {
  readonly #store: LinkStore;
  readonly #options: TracerOptions;
  readonly #onEvent: (event: TracerEvent) => void;
  readonly #table = new ExchangeTable();
  readonly #due = new DueQueue();
  readonly #exporter: Exporter;
  readonly #inference: ParentInference | undefined;
  #sides = new Sides();
  readonly #offers = new Entries();
  readonly #lateness = new Lateness();
  /** When what came last is due. */
  #dueUs = 0;
  /** What got observations since it was offered as a parent. */
  #changed: Exchange[] = [];
  #waiting: Settled[] = [];
  /** How many hang below another one that is open. */
  #hanging = 0;

  constructor(
    store: LinkStore,
    options: Partial<TracerOptions> = {},
    onEvent: (event: TracerEvent) => void = () => {},
  ) {
    this.#store = store;
    this.#options = { ...defaultTracerOptions, ...options };
    this.#onEvent = onEvent;
    this.#inference = this.#options.inferParents ? new ParentInference(store) : undefined;
    this.#exporter = new Exporter(store, this.#options, onEvent);
  }

  /** Exchanges that are not exported yet. */
  get open(): number {
    return this.#table.size;
  }

  /**
   * Takes a batch over: its rows are read where they lie. `nowUs` is the caller's clock: the wall clock in a service,
   * the time of the packets in a replay. `origin.open` counts the rows of it that are held.
   */
  add(batch: Batch<typeof taggedRequest.fields>, nowUs: number, origin?: Origin): void {
    const { settleUs } = this.#options;
    if (this.#sides.isFull) this.#sides = new Sides();
    const rows = new Rows(batch, this.#sides, origin);
    const dueUs = this.#nextDueUs(nowUs);
    for (let at = 0; at < batch.length; at++) {
      const observation = new Observation(rows, at);
      this.#lateness.see(observation);
      const exchange = this.#table.join(observation);
      if (exchange === undefined) {
        this.#onEvent({ type: 'repeated', observations: 1 });
        continue;
      }
      if (origin) origin.open++;
      exchange.isLate ||= nowUs - observation.end_us > settleUs / 2;
      this.#due.push(exchange, dueUs);
      if (!exchange.isChanged) this.#changed.push(exchange);
      exchange.isChanged = true;
    }
    this.#lateness.batchEnds(nowUs);
  }

  /** Where rows come late, others of their exchanges come later still: these are waited for. Never earlier than what was due before. */
  #nextDueUs(nowUs: number): number {
    const { settleUs } = this.#options;
    const { behindUs } = this.#lateness;
    const longerUs = behindUs > settleUs / 2 ? Math.min(behindUs, LONGEST_DELAY * settleUs) : 0;
    this.#dueUs = Math.max(this.#dueUs, nowUs + settleUs + longerUs);
    return this.#dueUs;
  }

  /** Hands out what is settled by now. Confirms what the call before returned. */
  async advance(nowUs: number): Promise<FinishedTrace[]> {
    const surplus = this.#table.size - this.#options.maxOpenExchanges;
    return this.#settle(nowUs, Math.max(surplus, 0), false);
  }

  /** Hands out everything, waiting for nothing. */
  async flush(): Promise<FinishedTrace[]> {
    return this.#settle(Number.POSITIVE_INFINITY, 0, true);
  }

  /** Remembers in the link store what was handed out: it is published. */
  async confirm(): Promise<void> {
    await this.#exporter.confirm();
  }

  async #settle(nowUs: number, surplus: number, isLast: boolean): Promise<FinishedTrace[]> {
    await this.confirm();
    await this.#offer();
    const due = this.#due.take(nowUs);
    const forced = surplus > due.length ? this.#force(surplus - due.length) : [];
    // What got another observation while it waits for its parent keeps its place.
    const settling = [...due, ...forced].filter(({ deadlineUs }) => deadlineUs === 0);
    for (const exchange of settling) exchange.deadlineUs = nowUs + this.#options.parentWaitUs;
    for (const exchange of forced) exchange.deadlineUs = PAST;
    const fresh = await this.#exporter.passOverExported(settling);
    const origins = await originsOf(fresh, this.#store, this.#inference);
    const settled = fresh.map((exchange, i) => ({ exchange, origins: origins[i] }));
    await countResends(settled, this.#store);
    if (this.#options.inferParents) await followLookups(fresh, this.#store);
    await this.#place([...this.#waiting, ...settled], nowUs, isLast);
    await this.#exporter.offerFollowers();
    // Lookups wait for what they were made for, also at the end.
    if (isLast && this.#waiting.length > 0) {
      for (const { exchange } of this.#waiting) exchange.deadlineUs = PAST;
      await this.#place(this.#waiting, nowUs, isLast);
    }
    moveOut(settled);
    const done = await this.#exporter.take(nowUs, isLast);
    for (const exchange of done.exchanges) {
      this.#table.remove(exchange);
      if (exchange.parent) this.#hanging--;
    }
    return done.traces;
  }

  /** Makes what arrived findable as a parent, by its tokens and by the time for which it was open. */
  async #offer(): Promise<void> {
    const entries = this.#offers;
    for (const exchange of this.#changed) {
      exchange.isChanged = false;
      offerTokens(exchange, entries);
      if (!this.#options.inferParents) continue;
      offerOpenRequest(exchange, entries);
      offerLookup(exchange, entries);
    }
    this.#changed = [];
    if (entries.length > 0) await this.#store.add(entries);
    entries.clear();
  }

  /**
   * Lets go of the oldest: of those that wait for a parent first, for they have settled. Where it is what hangs below
   * open ones that fills the table, everything goes.
   */
  #force(surplus: number): Exchange[] {
    const count = this.#hanging > this.#options.maxOpenExchanges / 2 ? this.#table.size : surplus;
    const waiting = this.#waiting.slice(0, count);
    for (const { exchange } of waiting) exchange.deadlineUs = PAST;
    const forced = this.#due.takeOldest(count - waiting.length);
    this.#onEvent({ type: 'forced', exchanges: waiting.length + forced.length });
    return forced;
  }

  /** First every exchange finds its place, then all go that wait for no other: a child is never ahead of its parent. */
  async #place(settled: readonly Settled[], nowUs: number, isLast: boolean): Promise<void> {
    const exported = await exportedParents(settled, this.#store);
    const isSenderKnown = await linkSenders(settled, this.#store);
    await this.#placeLookups(settled);
    const ready: (() => void)[] = [];
    this.#waiting = [];
    for (const [i, one] of settled.entries()) {
      const { exchange, origins } = one;
      const { cause, underHeader } = origins;
      if (!isSenderKnown[i] && !isLast && nowUs < this.#senderDeadline(exchange)) {
        this.#waiting.push(one);
        continue;
      }
      if (isOpenLookup(one) && !origins.beside && this.#mayWait(exchange, nowUs, isLast)) {
        this.#waiting.push(one);
        continue;
      }
      if (cause === undefined || underHeader) {
        ready.push(() => this.#exporter.exportTop(exchange, origins, exported[i], nowUs));
        continue;
      }
      const parent = this.#table.byRequestId(cause.high, cause.low);
      if (parent && !parent.isExported) this.#hang(one, parent, ready, nowUs);
      else if (exported[i] || isLast || nowUs >= exchange.deadlineUs) {
        if (!exported[i]) this.#onEvent({ type: 'parent_missing' });
        ready.push(() => this.#exporter.exportTop(exchange, origins, exported[i], nowUs));
      } else this.#waiting.push(one);
    }
    for (const go of ready) go();
  }

  #hang({ exchange, origins }: Settled, parent: Exchange, ready: (() => void)[], nowUs: number): void {
    for (let above: Exchange | undefined = parent; above; above = above.parent) {
      if (above !== exchange) continue;
      this.#onEvent({ type: 'parent_cycle' });
      ready.push(() => this.#exporter.exportTop(exchange, { ...origins, cause: undefined }, undefined, nowUs));
      return;
    }
    this.#hanging++;
    exchange.parent = parent;
    exchange.cause = origins.cause;
    if (parent.children.length === 0) parent.children = [exchange];
    else parent.children.push(exchange);
  }

  /** Who sent a message was seen before who got it: it is exported by then, or was not seen at all. */
  #senderDeadline({ deadlineUs }: Exchange): number {
    const { parentWaitUs, settleUs } = this.#options;
    return deadlineUs - parentWaitUs + Math.min(settleUs, parentWaitUs);
  }

  async #placeLookups(settled: readonly Settled[]): Promise<void> {
    if (!this.#options.inferParents) return;
    const lookups = settled.filter(isOpenLookup);
    const places = await placesOfLookups(
      lookups.map(({ exchange }) => exchange),
      this.#store,
    );
    for (const [i, { origins }] of lookups.entries()) origins.beside = places[i];
  }

  /** The request that a name was asked for begins at once, and is exported when it has ended and settled. */
  #mayWait({ deadlineUs }: Exchange, nowUs: number, isLast: boolean): boolean {
    const { parentWaitUs, settleUs, inferParents } = this.#options;
    if (!inferParents || deadlineUs === PAST) return false;
    return isLast || nowUs < deadlineUs - parentWaitUs + Math.min(LOOKUP_WAIT * settleUs, parentWaitUs);
  }
}

/** A lookup of a name of which nothing else says what caused it. */
function isOpenLookup({ exchange, origins }: Settled): boolean {
  return origins.cause === undefined && origins.header === undefined && isLookup(exchange);
}

/** What goes on waiting leaves its batch, which is kept for all of its rows else. */
function moveOut(settled: readonly Settled[]): void {
  const rows = settled.filter(({ exchange }) => !exchange.isExported).flatMap(({ exchange }) => exchange.observations);
  Observation.move(rows);
}
