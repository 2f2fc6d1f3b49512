// Requests per second and core from packets to request rows: HTTP/1.1 one by one, Redis in pipelines.
// Expected: 200 k HTTP requests/s first, then 500 k; 1 M Redis commands/s. DeepFlow publishes 90 k HTTP requests/s on one
// core. ndpiReader reads the same file: it judges a flow by its first packets and then only counts, so it is a floor for the
// cost of reading packets, not of requests. Also: bytes of state for a connection that waits between two requests.
// Usage: node --expose-gc bench/requests.ts
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { L7Engine } from '@flowloom/l7';
import { CaptureWriter } from './lib/capture-file.ts';
import { compare } from './lib/compare.ts';
import { dataDir } from './lib/data.ts';
import { type Answered, httpExchange, redisPipeline, TcpTalk } from './lib/tcp-talk.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A file of many connections that repeat one exchange, made once. */
function capture(name: string, exchange: Answered, port: number, exchanges: number): string {
  const file = join(dataDir(), `requests-${name}.pcap`);
  if (existsSync(file)) return file;
  const writer = new CaptureWriter(file);
  const talks = Array.from({ length: 50 }, (_, n) => new TcpTalk(writer, 40_000 + n, port));
  for (const talk of talks) talk.open();
  for (let n = 0; n < exchanges; n++) talks[n % talks.length].exchange(exchange);
  for (const talk of talks) talk.close();
  writer.close();
  return file;
}

const kinds = [
  { name: 'http1', title: 'HTTP/1.1', exchange: httpExchange, port: 80, exchanges: 1_000_000, perExchange: 1 },
  {
    name: 'redis',
    title: 'Redis, 16 commands in a pipeline',
    exchange: redisPipeline,
    port: 6379,
    exchanges: 125_000,
    perExchange: 16,
  },
] as const;

for (const { name, title, exchange, port, exchanges, perExchange } of kinds) {
  const file = capture(name, exchange, port, exchanges);
  compare({
    name: `requests-${name}`,
    title: `Packets to request rows: ${title}`,
    input: `${(exchanges * perExchange).toLocaleString('en')} requests in 50 connections`,
    unit: 'requests',
    units: exchanges * perExchange,
    runs: 3,
    contenders: [
      {
        name: 'capturer: decoder, flows, parsers',
        command: [process.execPath, at('lib/capture-to-rows.ts'), file, String(exchanges * perExchange)],
      },
      { name: 'ndpiReader', command: ['ndpiReader', '-q', '-i', file] },
    ],
  });
}

const connections = 100_000;
const engine = new L7Engine({ request() {} });
const memory = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const before = memory();
const idle = Array.from({ length: connections }, (_, n) => {
  const connection = engine.openStream({ transport: 'tcp', ports: [4, 80] });
  const { request, response } = httpExchange;
  connection.segment(0, 1, request, 0, request.length, request.length, n, 24, 1);
  connection.segment(1, 1, response, 0, response.length, response.length, n, 24, 1 + request.length);
  return connection;
});
const bytes = Math.round((memory() - before) / idle.length);
console.log(`${bytes} bytes for a connection without an open request (${connections} HTTP/1.1 connections)`);
