// Requests per second and core from packets to request rows: HTTP/1.1 and HTTP/2 one by one, Redis in pipelines.
// Expected: 200 k HTTP/1.1 requests/s first, then 500 k; 100 k of HTTP/2; 1 M Redis commands/s. DeepFlow publishes 90 k HTTP requests/s on one
// core. ndpiReader reads the same file: it judges a flow by its first packets and then only counts, so it is a floor for the
// cost of reading packets, not of requests. Also: bytes of state for a connection that waits between two requests. The cost of
// every other protocol: bench/protocols.ts.
// Usage: node --expose-gc bench/requests.ts [http1|http2|redis ...]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { L7Engine } from '@flowloom/l7';
import { CaptureWriter } from './lib/capture-file.ts';
import { compare } from './lib/compare.ts';
import { dataDir } from './lib/data.ts';
import { http2Exchanges } from './lib/http2-exchanges.ts';
import { type Answered, httpExchange, redisPipeline, TcpTalk } from './lib/tcp-talk.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const CONNECTIONS = 50;

/** A file of many connections, each of which goes through the same exchanges over and over; made once. */
function capture(name: string, recorded: readonly Answered[], port: number, exchanges: number): string {
  const file = join(dataDir(), `requests-${name}.pcap`);
  if (existsSync(file)) return file;
  const writer = new CaptureWriter(file);
  const perConnection = recorded.length > 1 ? recorded.length : exchanges / CONNECTIONS;
  for (let n = 0; n < exchanges; n += CONNECTIONS * perConnection) {
    const first = 10_000 + n / perConnection;
    const talks = Array.from({ length: CONNECTIONS }, (_, i) => new TcpTalk(writer, first + i, port));
    for (const talk of talks) talk.open();
    for (let i = 0; i < perConnection; i++) for (const talk of talks) talk.exchange(recorded[i % recorded.length]);
    for (const talk of talks) talk.close();
  }
  writer.close();
  return file;
}

const kinds = [
  { name: 'http1', title: 'HTTP/1.1', recorded: [httpExchange], port: 80, exchanges: 1_000_000, perExchange: 1 },
  {
    name: 'http2',
    title: 'HTTP/2',
    recorded: await http2Exchanges(1000),
    port: 8080,
    exchanges: 500_000,
    perExchange: 1,
  },
  {
    name: 'redis',
    title: 'Redis, 16 commands in a pipeline',
    recorded: [redisPipeline],
    port: 6379,
    exchanges: 250_000,
    perExchange: 16,
  },
];
const only = process.argv.slice(2);

for (const { name, title, recorded, port, exchanges, perExchange } of kinds) {
  if (only.length > 0 && !only.includes(name)) continue;
  const file = capture(`${name}-${exchanges}`, recorded, port, exchanges);
  compare({
    name: `requests-${name}`,
    title: `Packets to request rows: ${title}`,
    input: `${(exchanges * perExchange).toLocaleString('en')} requests in ${recorded.length > 1 ? exchanges / recorded.length : CONNECTIONS} connections`,
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

// Garbage does not count.
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const connections = 100_000;
const engine = new L7Engine({ request() {} });
const memory = () => {
  collect();
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
