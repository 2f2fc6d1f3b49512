import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus, BusConsumer } from '@flowloom/bus';
import { topicName, topics } from '@flowloom/records';
import { defineConfig, defineService, type ServiceDefinition } from '@flowloom/service-kit';
import { LineWriter } from '../replay/line-writer.ts';
import { RecentLines } from './recent-lines.ts';

export interface LogTapOptions {
  /** Folder for `flow-logs.ndjson` and `request-logs.ndjson`. */
  readonly out?: string;
  /** Takes every line. */
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
      const consumer = await consumeLogs(bus, common.bus.topicPrefix, (name, line) => {
        lines.push(line);
        files?.[name].write(Buffer.from(`${line}\n`));
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

const logs = { 'flow-logs': topics.flowLogs, 'request-logs': topics.requestLogs } as const;
type LogName = keyof typeof logs;

function openFiles(folder: string | undefined): Record<LogName, LineWriter> | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const open = (name: LogName) => new LineWriter(join(folder, `${name}.ndjson`));
  return { 'flow-logs': open('flow-logs'), 'request-logs': open('request-logs') };
}

function consumeLogs(bus: Bus, prefix: string, take: (name: LogName, line: string) => void): Promise<BusConsumer> {
  const names = new Map(Object.entries(logs).map(([name, topic]) => [topicName(topic, prefix), name as LogName]));
  return bus.consume(
    { groupId: 'flowloom-observe', topics: [...names.keys()] },
    {
      eachBatch: async ({ topic, partition, records }) => {
        const name = names.get(topic)!;
        for (const { value } of records) if (value !== null) take(name, value.toString());
        await partition.commit({ offset: records[records.length - 1].offset + 1 });
      },
    },
  );
}
