import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jaegerBinary } from './build/jaeger.ts';
import { freePorts } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

export interface JaegerServer extends TestServer {
  /** Query API: `/api/v3/services`, `/api/v3/traces/{id}`. */
  readonly url: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
}

/** Jaeger v2 with its store in memory; built first when the cache lacks it. */
export async function startJaeger(options: { otlpHttpPort?: number } = {}): Promise<JaegerServer> {
  const binary = await jaegerBinary();
  const [query, queryGrpc, freePort, otlpGrpc] = await freePorts(4);
  const otlpHttp = options.otlpHttpPort ?? freePort;
  const folder = serverFolder('jaeger');
  writeFileSync(join(folder, 'config.yaml'), configOf({ query, queryGrpc, otlpHttp, otlpGrpc }));
  const url = `http://127.0.0.1:${query}`;
  const server = await startServer({
    name: 'jaeger',
    command: [binary, '--config', 'config.yaml'],
    folder,
    ready: async () => (await fetch(`${url}/api/v3/services`)).ok,
  });
  return { ...server, url, otlpHttpUrl: `http://127.0.0.1:${otlpHttp}`, otlpGrpcUrl: `http://127.0.0.1:${otlpGrpc}` };
}

function configOf(ports: { query: number; queryGrpc: number; otlpHttp: number; otlpGrpc: number }): string {
  return `service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}
  telemetry:
    metrics: {level: none}
    logs: {level: warn}
extensions:
  jaeger_query:
    storage: {traces: memory}
    http: {endpoint: "127.0.0.1:${ports.query}"}
    grpc: {endpoint: "127.0.0.1:${ports.queryGrpc}"}
  jaeger_storage:
    backends: {memory: {memory: {max_traces: 100000}}}
receivers:
  otlp:
    protocols:
      http: {endpoint: "127.0.0.1:${ports.otlpHttp}"}
      grpc: {endpoint: "127.0.0.1:${ports.otlpGrpc}"}
exporters:
  jaeger_storage_exporter: {trace_storage: memory}
`;
}
