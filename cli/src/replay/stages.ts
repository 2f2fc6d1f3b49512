import { FlowAggregator, type RequestLogs, requestLogs, TrafficMetrics } from '@flowloom/aggregator';
import type { RequestBatch } from '@flowloom/capturer';
import type { FlowBatch } from '@flowloom/flow';
import { schemaUrl } from '@flowloom/otlp';
import { type ResourceIndex, type TaggedFlows, type TaggedRequests, Tagger } from '@flowloom/tagger';
import { MemoryLinkStore, Tracer } from '@flowloom/tracer';
import type { Outputs } from './outputs.ts';

/** Rows that one file is the source of. */
export interface Counted {
  flows: number;
  requests: number;
}

/** A replay has one partition; its batches are the records, numbered as they come. */
const partition = 0;
const maxSeries = 10_000;
/** Flows of open minutes that are kept, 2 kB each: a minute with more is handed out in parts. */
const maxOpenRows = 150_000;
/** Requests that wait for what belongs to them, 5 kB each; beyond, the oldest are exported early. */
const maxOpenExchanges = 20_000;
const maxLinkBytes = 64 * 2 ** 20;

/**
 * What comes behind the capturer, in one thread and without a bus: tagger, aggregator and tracer, with event time only.
 * Batches that are handed in are re-used: they must be used up when the call returns.
 */
export class Stages {
  readonly #outputs: Outputs;
  readonly #tagger: Tagger;
  readonly #aggregator = new FlowAggregator();
  readonly #metrics = new TrafficMetrics({ maxSeries });
  readonly #tracer = new Tracer(new MemoryLinkStore({ maxBytes: maxLinkBytes }), { maxOpenExchanges });
  readonly #counted = new Map<string, Counted>();
  #nowUs = 0;
  #offset = 0;

  constructor(outputs: Outputs, resources: ResourceIndex) {
    this.#outputs = outputs;
    this.#tagger = new Tagger(resources);
  }

  /** What was seen at an observation point so far. */
  counted(agent: string): Counted {
    let counted = this.#counted.get(agent);
    if (counted === undefined) {
      counted = { flows: 0, requests: 0 };
      this.#counted.set(agent, counted);
    }
    return counted;
  }

  flows(raw: FlowBatch): void {
    const { agent, is_new, end_us } = raw.columns;
    for (let row = 0; row < raw.length; row++) {
      if (is_new.values[row] === 1) this.counted(agent.get(row)).flows++;
      if (end_us.values[row] > this.#nowUs) this.#nowUs = end_us.values[row];
    }
    const tagged: TaggedFlows = this.#tagger.tagFlows(raw);
    this.#metrics.addFlows(tagged, this.#nowUs);
    this.#aggregator.add(partition, tagged, this.#offset++);
    for (const minute of this.#aggregator.advance(partition)) this.#outputs.flowLogs(minute.rows);
    if (this.#aggregator.openRows > maxOpenRows) this.#closeMinutes();
  }

  /** Hands out open minutes as they are, and begins them anew: rows of one flow and minute add up. */
  #closeMinutes(): void {
    for (const { minutes } of this.#aggregator.flush()) {
      for (const { rows } of minutes) this.#outputs.flowLogs(rows);
    }
    this.#aggregator.drop(partition);
  }

  requests(raw: RequestBatch): void {
    const { agent, end_us } = raw.columns;
    for (let row = 0; row < raw.length; row++) {
      this.counted(agent.get(row)).requests++;
      if (end_us.values[row] > this.#nowUs) this.#nowUs = end_us.values[row];
    }
    const tagged: TaggedRequests = this.#tagger.tagRequests(raw);
    this.#metrics.addRequests(tagged, this.#nowUs);
    const logs: RequestLogs = requestLogs(tagged);
    this.#outputs.requestLogs(logs);
    this.#tracer.add(tagged, this.#nowUs);
  }

  /** Writes the traces that are settled. To be called now and then: until then their requests are kept. */
  async settle(): Promise<void> {
    this.#write(await this.#tracer.advance(this.#nowUs));
  }

  /** End of input: writes everything. */
  async finish(): Promise<void> {
    this.#closeMinutes();
    this.#write(await this.#tracer.flush());
    const metrics = this.#metrics.collect(this.#nowUs);
    if (metrics.length === 0) return;
    const resource = { attributes: { 'service.name': 'flowloom' }, schemaUrl };
    this.#outputs.metrics([{ resource, scope: { name: 'flowloom.aggregator' }, metrics }]);
  }

  #write(traces: Awaited<ReturnType<Tracer['flush']>>): void {
    for (const { request } of traces) this.#outputs.trace(request);
  }
}
