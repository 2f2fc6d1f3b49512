import type { Client, Metadata, ServiceError } from '@grpc/grpc-js';
import type { ExportResult, OtlpExporter, Signal } from './exporter.ts';
import { readExportResponse } from './partial-success.ts';
import { RunningExports } from './running-exports.ts';
import type { ExportSettings } from './settings.ts';

const methods: Record<Signal, string> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/** OTLP/gRPC 1.x, "Failures": CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const retryableCodes = new Set([1, 4, 10, 11, 14, 15]);
const UNIMPLEMENTED = 12;

type GrpcModule = typeof import('@grpc/grpc-js');

/** OTLP over gRPC: one HTTP/2 connection, the request as it was encoded. */
export class GrpcOtlpExporter implements OtlpExporter {
  readonly #settings: ExportSettings;
  readonly #client: Client;
  readonly #metadata: Metadata;
  readonly #running = new RunningExports();

  /** Loads the gRPC library, which only this adapter needs. */
  static async connect(settings: ExportSettings): Promise<GrpcOtlpExporter> {
    return new GrpcOtlpExporter(settings, await import('@grpc/grpc-js'));
  }

  private constructor(settings: ExportSettings, grpc: GrpcModule) {
    this.#settings = settings;
    const { ca, cert, key } = settings.tls;
    const credentials =
      settings.endpoint.protocol === 'https:'
        ? grpc.credentials.createSsl(ca, key, cert)
        : grpc.credentials.createInsecure();
    const { hostname, port, protocol } = settings.endpoint;
    this.#client = new grpc.Client(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`, credentials, {
      'grpc.default_compression_algorithm': settings.gzip ? 2 : 0,
    });
    this.#metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(settings.headers)) this.#metadata.set(name, value);
  }

  export(request: Uint8Array): Promise<ExportResult> {
    return this.#running.run(() => this.#send(request));
  }

  async close(): Promise<void> {
    await this.#running.close();
    this.#client.close();
  }

  #send(request: Uint8Array): Promise<ExportResult> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        methods[this.#settings.signal],
        (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        (bytes: Buffer) => bytes,
        request,
        this.#metadata,
        { deadline: Date.now() + this.#settings.timeoutMs },
        (error: ServiceError | null, response?: Buffer) =>
          resolve(error ? failure(error) : readExportResponse(response!)),
      );
    });
  }
}

function failure(error: ServiceError): ExportResult {
  const reason = `gRPC ${error.code} ${error.details}`;
  if (error.code === UNIMPLEMENTED) return { kind: 'unsupported', reason };
  return { kind: retryableCodes.has(error.code) ? 'retryable' : 'failed', reason };
}
