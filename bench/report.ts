// Writes the tables of bench/results into docs/benchmarks.md and, of those that most people ask for, one line each between the
// markers of README.md.
// Usage: node bench/report.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result } from './lib/compare.ts';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const results = readdirSync(at('bench/results'))
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name): Result => JSON.parse(readFileSync(at(`bench/results/${name}`), 'utf8')));

const rate = (perSecond: number, unit: string) =>
  perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M ${unit}/s` : `${Math.round(perSecond / 1e3)} k ${unit}/s`;

function section(result: Result): string {
  const figures = Object.keys(result.rows[0]).filter((name) => !['name', 'perSecond', 'ratio'].includes(name));
  const header = ['', 'rate', ...figures, 'Flowloom is'];
  const rows = result.rows.map((row, i) => [
    row.name,
    rate(row.perSecond, result.unit),
    ...figures.map((name) => String(row[name])),
    i === 0 ? '' : `${row.ratio} x as fast`,
  ]);
  return `## ${result.title}\n${result.input}; median of ${result.runs} runs in turn, ${result.cores} cores of ${result.cpu}.\n\n${markdown(header, rows)}`;
}

function markdown(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

const page = `# Benchmarks
Written by \`node bench/report.ts\` from what the benchmarks in \`bench/\` measured last; each runs its rivals in the same command.

${results.map(section).join('\n\n')}
`;
writeFileSync(at('docs/benchmarks.md'), page);

/** What README.md tells of, in this order. */
const asked = [
  'packets-to-flow-logs-plain',
  'packet-threads',
  'live-capture',
  'live-flows-all-in',
  'requests-http1',
  'requests-redis',
  'rows-tagger-10000',
  'rows-aggregator',
  'rows-tracer',
  'system-calls-nginx',
];
const short = asked.map((name) => {
  const result = results.find((one) => one.name === name);
  if (result === undefined) throw new Error(`bench/results has no ${name}.json: run its benchmark`);
  const [ours, ...others] = result.rows;
  const rivals = others.filter((row) => !row.name.startsWith('flowloom'));
  // Beside a program that runs alone Flowloom is no rival, but what slows it down.
  const beside = ours.name === 'alone' ? 'with ' : '';
  const ratios = rivals.map((row) => `${row.ratio} x ${beside}${row.name}`).join(', ');
  return [result.title, rate(ours.perSecond, result.unit), ratios];
});
const readme = readFileSync(at('README.md'), 'utf8');
const table = markdown(['what', 'Flowloom', 'compared'], short);
const marked = /(<!-- benchmarks -->\n)[\s\S]*?(<!-- \/benchmarks -->)/;
if (!marked.test(readme)) throw new Error('README.md has no <!-- benchmarks --> markers');
writeFileSync(
  at('README.md'),
  readme.replace(marked, (_, open, close) => `${open}${table}\n${close}`),
);
