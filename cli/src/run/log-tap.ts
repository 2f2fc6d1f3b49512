import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus, BusConsumer } from '@flowloom/bus';
import { requestToJson } from '@flowloom/otlp';
import { type Topic, topicName, topics } from '@flowloom/records';
import { defineConfig, defineService, type ServiceDefinition } from '@flowloom/service-kit';
import { LineWriter } from '../replay/line-writer.ts';
import { RecentLines } from './recent-lines.ts';

export interface LogTapOptions {
  /** Folder for flow-logs, request-logs, traces and metrics (`.ndjson`), as `replay` writes them. */
  readonly out?: string;
  /** Takes every line of the flow and request logs. */
  readonly print?: (line: string) => void;
}

const config = defineConfig({ name: 'observe', doc: 'Logs of `flowloom run`.', prefix: 'FLOWLOOM_OBSERVE_', keys: {} });

/** Reads the finished logs of `flowloom run`: for `flowloom observe` (page `/observe`), for files and for the terminal. */
export function logTap(options: LogTapOptions): ServiceDefinition {
  return defineService({
    name: 'observe',
    config,
    create: async ({ bus, common, pages }) => {
      const lines = new RecentLines();
      pages.add({
        path: '/observe',
        contentType: 'application/x-ndjson',
        body: (query) => lines.stream(Number(query.get('last') ?? 0), query.get('follow') === 'true'),
      });
      const files = openFiles(options.out);
      const wanted = names.filter((name) => files || outputs[name].isLog);
      const consumer = await consumeLogs(bus, common.bus.topicPrefix, wanted, (name, line) => {
        files?.[name].write(Buffer.from(`${line}\n`));
        if (!outputs[name].isLog) return;
        lines.push(line);
        options.print?.(line);
      });
      const lifetime = {
        onApplicationShutdown: async () => {
          await consumer.close();
          for (const file of Object.values(files ?? {})) file.close();
        },
      };
      class LogTapModule {}
      return { module: { module: LogTapModule, providers: [{ provide: 'log tap lifetime', useValue: lifetime }] } };
    },
  });
}

interface Output {
  readonly topic: Topic;
  /** Shown by `flowloom observe`. */
  readonly isLog: boolean;
  /** A record's value as a line; null where it cannot be read. */
  readonly line: (value: Buffer) => string | null;
}

const text = (value: Buffer) => value.toString();
const outputs = {
  'flow-logs': { topic: topics.flowLogs, isLog: true, line: text },
  'request-logs': { topic: topics.requestLogs, isLog: true, line: text },
  traces: { topic: topics.otlpSpans, isLog: false, line: (value) => requestToJson('traces', value) },
  metrics: { topic: topics.otlpMetrics, isLog: false, line: (value) => requestToJson('metrics', value) },
} as const satisfies Record<string, Output>;
type OutputName = keyof typeof outputs;

const names = Object.keys(outputs) as OutputName[];

function openFiles(folder: string | undefined): Record<OutputName, LineWriter> | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const files = names.map((name) => [name, new LineWriter(join(folder, `${name}.ndjson`))]);
  return Object.fromEntries(files);
}

function consumeLogs(
  bus: Bus,
  prefix: string,
  wanted: readonly OutputName[],
  take: (name: OutputName, line: string) => void,
): Promise<BusConsumer> {
  const byTopic = new Map(wanted.map((name) => [topicName(outputs[name].topic, prefix), name]));
  return bus.consume(
    { groupId: 'flowloom-observe', topics: [...byTopic.keys()] },
    {
      eachBatch: async ({ topic, partition, records }) => {
        const name = byTopic.get(topic)!;
        for (const { value } of records) {
          const line = value && outputs[name].line(value);
          if (line) take(name, line);
        }
        await partition.commit({ offset: records[records.length - 1].offset + 1 });
      },
    },
  );
}
