/** Prometheus' words for UCUM units (OpenTelemetry, "Prometheus and OpenMetrics compatibility"). */
const unitWords: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  By: 'bytes',
};

/** `flowloom.tagger.batch.duration` in `s` becomes `flowloom_tagger_batch_duration_seconds`; `{row}` adds nothing. */
export function prometheusName(name: string, unit = ''): string {
  const base = name.replace(/[^a-zA-Z0-9]+/g, '_');
  const word = unitWords[unit];
  return word && !base.endsWith(`_${word}`) ? `${base}_${word}` : base;
}
