import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bus, type BusConsumer, type BusRecord, valueBytes } from '@flowloom/bus';
import { topicName } from '@flowloom/records';
import { defineConfig, defineService, type ServiceDefinition } from '@flowloom/service-kit';
import { LineWriter } from '../replay/line-writer.ts';
import { type LogOutputName, logOutputs } from './log-outputs.ts';
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
      const recent = new RecentLines();
      pages.add({
        path: '/observe',
        contentType: 'application/x-ndjson',
        body: (query) => recent.stream(Number(query.get('last') ?? 0), query.get('follow') === 'true'),
      });
      const files = openFiles(options.out);
      const wanted = names.filter((name) => files || logOutputs[name].isLog);
      const take = (name: LogOutputName, record: BusRecord) => {
        const { isLog, lines } = logOutputs[name];
        if (isLog) recent.push({ bytes: valueBytes(record), lines: () => lines(record) });
        if (!files && !(isLog && options.print)) return;
        for (const line of lines(record)) {
          files?.[name].write(Buffer.from(`${line}\n`));
          if (isLog) options.print?.(line);
        }
      };
      const written = (name: LogOutputName) => files?.[name].flush();
      const consumer = await consumeLogs(bus, common.bus.topicPrefix, wanted, take, written);
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

const names = Object.keys(logOutputs) as LogOutputName[];

function openFiles(folder: string | undefined): Record<LogOutputName, LineWriter> | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const files = names.map((name) => [name, new LineWriter(join(folder, `${name}.ndjson`))]);
  return Object.fromEntries(files);
}

function consumeLogs(
  bus: Bus,
  prefix: string,
  wanted: readonly LogOutputName[],
  take: (name: LogOutputName, record: BusRecord) => void,
  taken: (name: LogOutputName) => void,
): Promise<BusConsumer> {
  const byTopic = new Map(wanted.map((name) => [topicName(logOutputs[name].topic, prefix), name]));
  return bus.consume(
    { groupId: 'flowloom-observe', topics: [...byTopic.keys()] },
    {
      eachBatch: async ({ topic, partition, records }) => {
        const name = byTopic.get(topic)!;
        for (const record of records) if (record.shared || record.value) take(name, record);
        taken(name);
        await partition.commit({ offset: records[records.length - 1].offset + 1 });
      },
    },
  );
}
