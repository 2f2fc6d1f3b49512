import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestBatch } from '@flowloom/capturer';
import type { FlowBatch } from '@flowloom/flow';
import { Batch, flowLog, JsonWriter, RowCopier, rawFlow, rawRequest, requestLog } from '@flowloom/records';
import { LineWriter } from './line-writer.ts';

const minuteUs = 60_000_000;

/** The files of a run. */
export class Outputs {
  readonly #flowLogs: LineWriter;
  readonly #requestLogs: LineWriter;
  readonly #flowJson = new JsonWriter(flowLog);
  readonly #requestJson = new JsonWriter(requestLog);
  readonly #flowCopier = new RowCopier(rawFlow, flowLog);
  readonly #requestCopier = new RowCopier(rawRequest, requestLog);
  readonly #counts = new Map<string, { flows: number; requests: number }>();

  constructor(folder: string, agents: readonly string[]) {
    mkdirSync(folder, { recursive: true });
    this.#flowLogs = new LineWriter(join(folder, 'flow-logs.ndjson'));
    this.#requestLogs = new LineWriter(join(folder, 'request-logs.ndjson'));
    for (const agent of agents) this.#counts.set(agent, { flows: 0, requests: 0 });
  }

  counted(agent: string): { flows: number; requests: number } {
    return this.#counts.get(agent)!;
  }

  flows(raw: FlowBatch): void {
    const logs = new Batch(flowLog, raw.length);
    this.#flowCopier.append(raw, logs);
    const { start_us, end_us, minute_us, duration_us, agent, is_new } = logs.columns;
    for (let row = 0; row < logs.length; row++) {
      minute_us.values[row] = Math.floor(start_us.values[row] / minuteUs) * minuteUs;
      duration_us.values[row] = end_us.values[row] - start_us.values[row];
      this.#counts.get(agent.get(row))!.flows += is_new.values[row];
    }
    this.#flowLogs.write(this.#flowJson.write(logs).bytes);
  }

  requests(raw: RequestBatch): void {
    const logs = new Batch(requestLog, raw.length);
    this.#requestCopier.append(raw, logs);
    const { start_us, end_us, duration_us, agent } = logs.columns;
    for (let row = 0; row < logs.length; row++) {
      duration_us.values[row] = end_us.values[row] - start_us.values[row];
      this.#counts.get(agent.get(row))!.requests++;
    }
    this.#requestLogs.write(this.#requestJson.write(logs).bytes);
  }

  close(): void {
    this.#flowLogs.close();
    this.#requestLogs.close();
  }
}
