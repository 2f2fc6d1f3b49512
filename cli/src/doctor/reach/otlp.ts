import { connect } from 'node:http2';
import type { OtlpConfig } from '@flowloom/service-kit';
import { type Check, type Finding, lacking, ok, skipped } from '../check.ts';

/** The endpoint takes an export without spans, which OTLP allows (OTLP specification, "OTLP/gRPC", "OTLP/HTTP"). */
export function otlpCheck(config: OtlpConfig): Check {
  return { name: 'otlp', group: 'reach', run: () => otlp(config) };
}

async function otlp(config: OtlpConfig): Promise<Finding> {
  const { endpoint, protocol } = config;
  if (!endpoint) return skipped('OTEL_EXPORTER_OTLP_ENDPOINT is not set: nothing is sent');
  try {
    await (protocol === 'grpc' ? exportByGrpc(config) : exportByHttp(config));
    return ok(`${endpoint} (${protocol})`);
  } catch (error) {
    const { message, cause } = error as Error;
    return lacking(
      `${endpoint} (${protocol}): ${(cause as Error | undefined)?.message || message}`,
      'see that the address can be reached from here, and OTEL_EXPORTER_OTLP_PROTOCOL (grpc is usually on port 4317, http/protobuf on 4318)',
    );
  }
}

function headersOf({ headers }: OtlpConfig): Record<string, string> {
  return Object.fromEntries(headers.map((header) => [header.split('=', 1)[0], header.slice(header.indexOf('=') + 1)]));
}

async function exportByHttp(config: OtlpConfig): Promise<void> {
  const response = await fetch(`${config.endpoint.replace(/\/$/, '')}/v1/traces`, {
    method: 'POST',
    headers: { ...headersOf(config), 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(),
    signal: AbortSignal.timeout(config.timeoutMs),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`);
}

const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

function exportByGrpc(config: OtlpConfig): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const session = connect(config.endpoint);
  session.on('error', reject);
  const stream = session.request({
    ...headersOf(config),
    ':method': 'POST',
    ':path': method,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let status: unknown;
  const read = (headers: Record<string, unknown>) => {
    status = headers['grpc-status'] ?? (headers[':status'] === 200 ? status : `HTTP ${headers[':status']}`);
  };
  stream.on('response', read).on('trailers', (trailers) => {
    status = trailers['grpc-status'] ?? status;
  });
  stream.on('error', reject);
  stream.on('end', () => {
    if (String(status) === '0') resolve();
    else reject(new Error(`gRPC status ${status}`));
  });
  stream.setTimeout(config.timeoutMs, () => reject(new Error(`no answer within ${config.timeoutMs} ms`)));
  // A message of no bytes: not compressed, length 0.
  stream.end(new Uint8Array(5));
  stream.resume();
  return promise.finally(() => session.destroy());
}
