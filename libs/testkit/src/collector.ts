import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectorBinary } from './build/collector.ts';
import { freePorts, isListening } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

export interface CollectorServer extends TestServer {
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
}

export interface CollectorOptions {
  /** Brokers of the `kafka` receiver, which is at its defaults otherwise; absent: no such receiver. */
  readonly brokers?: readonly string[];
  /** Where everything is passed on as OTLP over HTTP: a Jaeger, or an `OtlpSink`; absent: only into the log. */
  readonly forwardTo?: string;
}

/** A stock OpenTelemetry Collector: OTLP and Kafka in; its log, and OTLP when asked for, out. */
export async function startCollector(options: CollectorOptions = {}): Promise<CollectorServer> {
  const binary = await collectorBinary();
  const [http, grpc] = await freePorts(2);
  const folder = serverFolder('otelcol');
  writeFileSync(join(folder, 'config.yaml'), configOf(options, http, grpc));
  const command = [binary, '--config', 'config.yaml'];
  const server = await startServer({ name: 'otelcol', command, folder, ready: () => isListening(http) });
  return { ...server, otlpHttpUrl: `http://127.0.0.1:${http}`, otlpGrpcUrl: `http://127.0.0.1:${grpc}` };
}

function configOf({ brokers, forwardTo }: CollectorOptions, http: number, grpc: number): string {
  const receivers = brokers ? '[otlp, kafka]' : '[otlp]';
  const exporters = forwardTo ? '[debug, otlphttp]' : '[debug]';
  const pipeline = `{receivers: ${receivers}, exporters: ${exporters}}`;
  return `receivers:
  otlp:
    protocols:
      http: {endpoint: "127.0.0.1:${http}"}
      grpc: {endpoint: "127.0.0.1:${grpc}"}
${brokers ? `  kafka: {brokers: ${JSON.stringify(brokers)}}\n` : ''}exporters:
  debug: {verbosity: detailed}
${forwardTo ? `  otlphttp: {endpoint: "${forwardTo}", encoding: json, compression: none}\n` : ''}service:
  pipelines: {traces: ${pipeline}, metrics: ${pipeline}, logs: ${pipeline}}
  telemetry:
    metrics: {level: none}
`;
}
