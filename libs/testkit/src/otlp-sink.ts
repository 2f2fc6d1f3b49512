import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One export as it came. */
export interface OtlpExport {
  /** `/v1/traces`, `/v1/metrics` or `/v1/logs` */
  readonly path: string;
  readonly contentType: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An OTLP/HTTP endpoint in this process that keeps what it gets. */
export interface OtlpSink {
  readonly url: string;
  readonly exports: readonly OtlpExport[];
  /** The bodies of exports in JSON (a Collector with `encoding: json` sends it) of one signal. */
  json(signal: 'traces' | 'metrics' | 'logs'): unknown[];
  stop(): Promise<void>;
}

/** `status` is what it answers with: 200 by default, 503 for an endpoint that is overloaded. */
export async function startOtlpSink(status: () => number = () => 200): Promise<OtlpSink> {
  const exports: OtlpExport[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const code = status();
    const contentType = request.headers['content-type'] ?? '';
    if (code === 200) exports.push({ path: request.url ?? '', contentType, headers: request.headers, body });
    response.writeHead(code, { 'content-type': contentType }).end(contentType.includes('json') ? '{}' : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    json: (signal) =>
      exports
        .filter(({ path, contentType }) => path === `/v1/${signal}` && contentType.includes('json'))
        .map(({ body }) => JSON.parse(body.toString())),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
