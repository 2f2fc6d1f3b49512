import { type ResourceSpans, type Span, spanKind } from './model/span.ts';

export interface WaterfallOptions {
  /** Columns of the terminal. Default 100. */
  readonly width?: number;
  /** ANSI colours. Default false. */
  readonly color?: boolean;
  /** Spans inside the network too. Default true. */
  readonly network?: boolean;
}

interface Line {
  readonly span: Span;
  readonly service: string;
  readonly depth: number;
}

const MIN_BAR = 10;
const kindNames = new Map(Object.entries(spanKind).map(([name, kind]) => [kind as number, name]));
const palette = [36, 33, 35, 32, 34, 96, 93, 95];

/**
 * A trace as text: one line per span, indented by depth, with a bar where it lies in time and its duration. Spans whose
 * parent is not among them stand at the left, in the order of their starts.
 */
export function formatTrace(groups: readonly ResourceSpans[], options: WaterfallOptions = {}): string {
  const { width = 100, color = false, network = true } = options;
  const lines = treeOf(groups, network);
  if (lines.length === 0) return '';
  const start = Math.min(...lines.map(({ span }) => span.startUs));
  const end = Math.max(...lines.map(({ span }) => span.endUs));
  const labels = lines.map(labelOf);
  const labelWidth = Math.min(Math.max(...labels.map((label) => label.length)), Math.max(width - MIN_BAR - 12, 20));
  const barWidth = Math.max(width - labelWidth - 12, MIN_BAR);
  const colors = new Map<string, number>();
  const title = `trace ${lines[0].span.traceId}  ${lines.length} spans  ${formatDuration(end - start)}`;
  const rows = lines.map((line, i) => {
    const label = fit(labels[i], labelWidth);
    const bar = barOf(line.span, start, end - start, barWidth);
    const duration = formatDuration(line.span.endUs - line.span.startUs).padStart(9);
    if (!color) return `${label} ${bar} ${duration}`;
    if (!colors.has(line.service)) colors.set(line.service, palette[colors.size % palette.length]);
    const paint = paintWith(line.span.error ? 31 : colors.get(line.service)!);
    return `${paint(label)} ${paint(bar)} ${duration}`;
  });
  return [title, ...rows].join('\n');
}

/** 850 µs, 12.3 ms, 4.56 s. */
export function formatDuration(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1_000).toPrecision(3)} ms`;
  return `${(us / 1_000_000).toPrecision(3)} s`;
}

function treeOf(groups: readonly ResourceSpans[], network: boolean): Line[] {
  const all = groups.flatMap(({ resource, spans }) =>
    spans.map((span) => ({ span, service: String(resource.attributes['service.name'] ?? '') })),
  );
  const ids = new Set(all.map(({ span }) => span.spanId));
  const children = Map.groupBy(all, ({ span }) =>
    span.parentSpanId && ids.has(span.parentSpanId) ? span.parentSpanId : '',
  );
  for (const siblings of children.values()) siblings.sort((a, b) => a.span.startUs - b.span.startUs);
  const lines: Line[] = [];
  const stack = (children.get('') ?? []).map((one) => ({ ...one, depth: 0 })).reverse();
  while (stack.length > 0 && lines.length < all.length) {
    const { span, service, depth } = stack.pop()!;
    const shown = network || span.kind !== spanKind.internal;
    if (shown) lines.push({ span, service, depth });
    const below = (children.get(span.spanId) ?? []).map((one) => ({ ...one, depth: shown ? depth + 1 : depth }));
    stack.push(...below.reverse());
  }
  return lines;
}

function labelOf({ span, service, depth }: Line): string {
  const point = span.attributes['flowloom.observation_point'];
  const where = point ? ` ${point}` : '';
  const failed = span.error ? ' !' : '';
  return printable(`${'  '.repeat(depth)}${service}  ${span.name}  (${kindNames.get(span.kind)}${where})${failed}`);
}

function barOf(span: Span, start: number, total: number, width: number): string {
  const scale = total > 0 ? width / total : 0;
  const from = Math.min(Math.floor((span.startUs - start) * scale), width - 1);
  const to = Math.min(Math.max(Math.ceil((span.endUs - start) * scale), from + 1), width);
  return ' '.repeat(from) + '█'.repeat(to - from) + ' '.repeat(width - to);
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

const paintWith =
  (code: number) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;

/** Names come from the network: no control character may reach the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}
