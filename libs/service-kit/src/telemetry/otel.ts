import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api';
import type { OtlpConfig } from '../config/common.ts';
import { type EventSinks, emitter, event } from './events.ts';

/** Sends what Flowloom says about itself: spans and metrics named `flowloom.*`. */
export interface SelfTelemetry {
  /** Counts and logs what could not be sent. */
  report(sinks: EventSinks): void;
  /** Sends what is left, waiting a few seconds at most. Never rejects. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 3_000;

const exportFailures = { kind: 'counter', name: 'export.failures', doc: 'Failed exports of own telemetry' } as const;
/** As HTTP and gRPC say it. */
const UNSUPPORTED = /Not Found|UNIMPLEMENTED/;

const types = {
  exportFailed: event<{ reason: string }>({
    doc: 'Own traces or metrics could not be sent',
    metrics: [exportFailures],
    log: {
      level: 'warn',
      message: ({ reason }) => `own traces or metrics could not be sent: ${reason}`,
      atMostEveryMs: 600_000,
    },
  }),
  exportUnsupported: event<{ reason: string }>({
    doc: 'The endpoint takes no traces, or no metrics: said once',
    metrics: [exportFailures],
    log: {
      level: 'warn',
      message: ({ reason }) =>
        `the OTLP endpoint does not take all of own traces and metrics (${reason}); to one for traces alone, set OTEL_METRICS_EXPORTER=none`,
      atMostEveryMs: Number.POSITIVE_INFINITY,
    },
  }),
};

/**
 * Starts the OpenTelemetry SDK when an endpoint is set; it reads the standard `OTEL_` variables itself. The SDK is
 * loaded only then. Must come before the first `Metrics`: a meter that was made earlier stays silent.
 */
export async function startSelfTelemetry(config: OtlpConfig, serviceName: string): Promise<SelfTelemetry> {
  if (!config.endpoint || !config.selfTelemetry) return { report: () => {}, close: async () => {} };
  process.env.OTEL_METRICS_EXPORTER ??= 'otlp';
  process.env.OTEL_LOGS_EXPORTER ??= 'none';
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = config.endpoint;
  process.env.OTEL_EXPORTER_OTLP_PROTOCOL = config.protocol;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, instrumentations: [] });
  sdk.start();
  return {
    report: (sinks) => {
      const emit = emitter(sinks, types);
      const error = (text: string) => {
        const reason = reasonOf(text);
        if (UNSUPPORTED.test(reason)) emit.exportUnsupported({ reason });
        else emit.exportFailed({ reason });
      };
      const ignore = () => {};
      diag.setLogger({ error, warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
    },
    close: async () => {
      const ended = sdk.shutdown().catch(() => {});
      await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      for (const api of [diag, trace, metrics]) api.disable();
    },
  };
}

/** The SDK reports an error as JSON with its stack. */
function reasonOf(text: string): string {
  try {
    return String(JSON.parse(text).message);
  } catch {
    return text;
  }
}
