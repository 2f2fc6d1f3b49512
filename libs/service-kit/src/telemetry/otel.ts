import { metrics, trace } from '@opentelemetry/api';
import type { OtlpConfig } from '../config/common.ts';

/** Sends what Flowloom says about itself: spans and metrics named `flowloom.*`. */
export interface SelfTelemetry {
  /** Sends what is left, waiting at most the export timeout. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts the OpenTelemetry SDK when an endpoint is set; it reads the standard `OTEL_` variables itself. The SDK is
 * loaded only then. Must come before the first `Metrics`: a meter that was made earlier stays silent.
 */
export async function startSelfTelemetry(config: OtlpConfig, serviceName: string): Promise<SelfTelemetry> {
  if (!config.endpoint || !config.selfTelemetry) return { close: async () => {} };
  process.env.OTEL_METRICS_EXPORTER ??= 'otlp';
  process.env.OTEL_LOGS_EXPORTER ??= 'none';
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT ??= config.endpoint;
  process.env.OTEL_EXPORTER_OTLP_PROTOCOL ??= config.protocol;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, instrumentations: [] });
  sdk.start();
  return {
    close: async () => {
      await sdk.shutdown().catch(() => {});
      trace.disable();
      metrics.disable();
    },
  };
}
