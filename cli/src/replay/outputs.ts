import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowLogs, RequestLogs } from '@flowloom/aggregator';
import { metricsToJson, type ResourceMetrics, requestToJsonLine } from '@flowloom/otlp';
import { flowLog, JsonWriter, requestLog } from '@flowloom/records';
import { LineWriter } from './line-writer.ts';

/** The files of a run: logs as one JSON object per line, traces and metrics as OTLP/JSON lines. */
export class Outputs {
  readonly #flowLogs: LineWriter;
  readonly #requestLogs: LineWriter;
  readonly #traces: LineWriter;
  readonly #metrics: LineWriter;
  readonly #flowJson = new JsonWriter(flowLog);
  readonly #requestJson = new JsonWriter(requestLog);

  /** Makes the folder and empties files that are there. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const file = (name: string) => new LineWriter(join(folder, `${name}.ndjson`));
    this.#flowLogs = file('flow-logs');
    this.#requestLogs = file('request-logs');
    this.#traces = file('traces');
    this.#metrics = file('metrics');
  }

  flowLogs(rows: FlowLogs): void {
    this.#flowLogs.write(this.#flowJson.write(rows).bytes);
  }

  requestLogs(rows: RequestLogs): void {
    this.#requestLogs.write(this.#requestJson.write(rows).bytes);
  }

  /** The bytes of an ExportTraceServiceRequest. */
  trace(request: Uint8Array): void {
    this.#traces.write(requestToJsonLine('traces', request)!);
  }

  metrics(groups: readonly ResourceMetrics[]): void {
    this.#metrics.write(Buffer.from(`${metricsToJson(groups)}\n`));
  }

  close(): void {
    for (const file of [this.#flowLogs, this.#requestLogs, this.#traces, this.#metrics]) file.close();
  }
}
