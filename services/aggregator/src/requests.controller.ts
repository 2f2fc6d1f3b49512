import type { Bus, BusBatch, OutgoingRecord } from '@flowloom/bus';
import type { BatchContext, DecodedRecord } from '@flowloom/bus/nest';
import { JsonWriter, recordHeaders, requestLog, taggedRequest, topics } from '@flowloom/records';
import { inSpan, OnBatch } from '@flowloom/service-kit';
import { Controller, Inject } from '@nestjs/common';
import type { EmitAggregator } from './aggregator.events.ts';
import { TrafficMetrics } from './core/metrics/metrics.ts';
import { requestLogs } from './core/requests/request-logs.ts';

export const REQUEST_OUTPUT = Symbol('request output');

export interface RequestOutput {
  readonly bus: Bus;
  /** Of the request logs; undefined: there are none. */
  readonly topic: string | undefined;
  readonly emit: EmitAggregator;
}

/** `requests` in, `request-logs` out, row by row, where that topic is wanted. */
@Controller()
export class RequestsController {
  readonly #output: RequestOutput;
  readonly #metrics: TrafficMetrics;
  readonly #json = new JsonWriter(requestLog);

  constructor(@Inject(REQUEST_OUTPUT) output: RequestOutput, @Inject(TrafficMetrics) metrics: TrafficMetrics) {
    this.#output = output;
    this.#metrics = metrics;
  }

  @OnBatch(topics.requests.name)
  async onRequests(batch: BusBatch, context: BatchContext): Promise<void> {
    await inSpan('flowloom.aggregator.requests', { 'messaging.destination.name': batch.topic }, async () => {
      const records = await context.decode(taggedRequest);
      const outputs = await this.#logs(records);
      await context.partition.commit({ offset: batch.records.at(-1)!.offset + 1, outputs });
      // After the commit: a batch that is tried again is counted once.
      for (const { rows } of records) this.#metrics.addRequests(rows, Date.now() * 1000);
      if (outputs.length > 0) this.#output.emit.requestsLogged({ rows: outputs.length });
    });
  }

  async #logs(records: readonly DecodedRecord<typeof taggedRequest.fields>[]): Promise<OutgoingRecord[]> {
    const { bus, topic } = this.#output;
    if (topic === undefined) return [];
    const partitions = await bus.partitions(topic);
    const headers = recordHeaders(requestLog);
    return records.flatMap(({ record, rows }): OutgoingRecord[] => {
      const common = { topic, partition: record.partition % partitions, key: record.key, headers };
      return this.#json.values(requestLogs(rows)).map((value) => ({ ...common, value }));
    });
  }
}
