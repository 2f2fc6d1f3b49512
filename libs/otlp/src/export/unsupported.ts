import type { Signal } from './exporter.ts';

/** Says that an endpoint takes nothing of a signal, and what to set. */
export function unsupportedText(signal: Signal, detail: string): string {
  const name = signal.toUpperCase();
  return `the OTLP endpoint takes no ${signal} (${detail}): they are dropped; set OTEL_EXPORTER_OTLP_${name}_ENDPOINT to where they shall go, or OTEL_${name}_EXPORTER=none`;
}
