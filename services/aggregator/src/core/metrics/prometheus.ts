import type { Attributes, HistogramPoint, Metric, NumberPoint } from '@flowloom/otlp';

/** Words for UCUM units: OpenTelemetry, "Prometheus and OpenMetrics compatibility". */
const unitWords: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/** The metrics as a Prometheus page (text format 0.0.4). */
export function prometheusPage(metrics: readonly Metric[]): string {
  return metrics.map((metric) => family(metric)).join('');
}

function family({ name, description = '', unit = '', data }: Metric): string {
  const word = unitWords[unit];
  const isCounter = data.type === 'sum' && data.monotonic;
  const base = name.replaceAll(/[^a-zA-Z0-9_]/g, '_') + (word ? `_${word}` : '') + (isCounter ? '_total' : '');
  const lines = [`# HELP ${base} ${escapeHelp(description)}`, `# TYPE ${base} ${isCounter ? 'counter' : data.type}`];
  if (data.type === 'histogram') for (const point of data.points) lines.push(...histogramLines(base, point));
  else for (const point of data.points) lines.push(numberLine(base, point));
  return `${lines.join('\n')}\n`;
}

function numberLine(name: string, { attributes, value }: NumberPoint): string {
  return `${name}${labels(attributes)} ${value}`;
}

function histogramLines(name: string, { attributes, bounds, bucketCounts, sum, count }: HistogramPoint): string[] {
  let below = 0;
  const buckets = bounds.map((bound, i) => {
    below += bucketCounts[i];
    return `${name}_bucket${labels({ ...attributes, le: String(bound) })} ${below}`;
  });
  return [
    ...buckets,
    `${name}_bucket${labels({ ...attributes, le: '+Inf' })} ${count}`,
    `${name}_sum${labels(attributes)} ${sum}`,
    `${name}_count${labels(attributes)} ${count}`,
  ];
}

function labels(attributes: Attributes): string {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => `${name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}="${escapeLabel(String(value))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
