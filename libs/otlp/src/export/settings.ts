import { readFileSync } from 'node:fs';
import type { Signal } from './exporter.ts';

/** Where and how to export one signal. */
export interface ExportSettings {
  readonly signal: Signal;
  readonly protocol: 'grpc' | 'http/protobuf';
  /** For HTTP the full URL of the signal, for gRPC scheme, host and port. */
  readonly endpoint: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

export type SettingsResult =
  | { readonly kind: 'settings'; readonly settings: ExportSettings }
  | { readonly kind: 'off' }
  | { readonly kind: 'invalid'; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the standard variables (opentelemetry.io/docs/specs/otel/protocol/exporter): OTEL_EXPORTER_OTLP_<SIGNAL>_X
 * wins over OTEL_EXPORTER_OTLP_X. Without an endpoint nothing is exported, nor where OTEL_<SIGNAL>_EXPORTER names
 * others than `otlp`, as `none`.
 */
export function readExportSettings(signal: Signal, env: Environment): SettingsResult {
  const get = (name: string): string | undefined =>
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`]?.trim() || env[`OTEL_EXPORTER_OTLP_${name}`]?.trim();
  const endpoint = get('ENDPOINT');
  const exporters = env[`OTEL_${signal.toUpperCase()}_EXPORTER`]?.trim() || 'otlp';
  if (!endpoint || !exporters.split(/\s*,\s*/).includes('otlp')) return { kind: 'off' };
  const protocol = get('PROTOCOL') ?? 'http/protobuf';
  if (protocol !== 'grpc' && protocol !== 'http/protobuf') {
    return { kind: 'invalid', reason: `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: use grpc or http/protobuf` };
  }
  const url = endpointUrl(signal, endpoint, protocol, env);
  if (url === undefined) return { kind: 'invalid', reason: `OTEL_EXPORTER_OTLP_ENDPOINT is no URL: ${endpoint}` };
  const timeoutMs = Number(get('TIMEOUT') ?? 10_000);
  if (!(timeoutMs > 0)) return { kind: 'invalid', reason: `OTEL_EXPORTER_OTLP_TIMEOUT is no number of milliseconds` };
  try {
    const tls = {
      ca: readFile(get('CERTIFICATE')),
      cert: readFile(get('CLIENT_CERTIFICATE')),
      key: readFile(get('CLIENT_KEY')),
    };
    const headers = parseHeaders(get('HEADERS') ?? '');
    const gzip = get('COMPRESSION') === 'gzip';
    return { kind: 'settings', settings: { signal, protocol, endpoint: url, headers, timeoutMs, gzip, tls } };
  } catch (error) {
    return { kind: 'invalid', reason: `OTLP export: ${(error as Error).message}` };
  }
}

/** What Flowloom's own settings say of OTLP, for all signals. */
export interface SharedOtlp {
  readonly endpoint: string;
  readonly protocol: string;
  /** `name=value` each. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
}

/** The export that shared settings and, for the rest, OpenTelemetry's own variables ask for. Throws where they say nonsense. */
export function readSharedSettings(signal: Signal, shared: SharedOtlp, env: Environment): ExportSettings | undefined {
  const read = readExportSettings(signal, {
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: shared.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: shared.protocol,
    OTEL_EXPORTER_OTLP_HEADERS: shared.headers.join(','),
    OTEL_EXPORTER_OTLP_TIMEOUT: String(shared.timeoutMs),
  });
  if (read.kind === 'invalid') throw new Error(read.reason);
  return read.kind === 'settings' ? read.settings : undefined;
}

/** The general endpoint is a base to which HTTP adds /v1/<signal>; the signal's own is taken as it is. */
function endpointUrl(signal: Signal, endpoint: string, protocol: string, env: Environment): URL | undefined {
  const insecure = env['OTEL_EXPORTER_OTLP_INSECURE'] !== 'false';
  const bare = !/^[a-z]+:\/\//i.test(endpoint);
  const text = bare ? `${protocol === 'grpc' && !insecure ? 'https' : 'http'}://${endpoint}` : endpoint;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (protocol === 'grpc' || env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]) return url;
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`;
  return url;
}

/** `name=value,name=value`, values percent-encoded (W3C Baggage form). */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .map((pair) => pair.split('='))
    .filter(([name, ...value]) => name.trim() && value.length > 0);
  return Object.fromEntries(
    pairs.map(([name, ...value]) => [name.trim().toLowerCase(), decodeURIComponent(value.join('=').trim())]),
  );
}

function readFile(path: string | undefined): Buffer | undefined {
  return path ? readFileSync(path) : undefined;
}
