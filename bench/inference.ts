// How many parents the tracer infers right where nothing but time and addresses is known: recordings of TraceWeaver's
// artefact (Jaeger traces whose parents are known), of which the tracer gets neither ids nor headers. Expected: under 0.5 %
// wrong edges; the share of right ones falls with the load, for a parent is only named where it is far likelier than all
// others. TraceWeaver itself assigns every call, right or wrong, and knows each service's call graph beforehand.
// Usage: node bench/inference.ts FOLDER; writes docs/reference/inference.md
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Score, scoreInference, table } from '../services/tracer/src/testing/score-inference.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node bench/inference.ts FOLDER (of *.jsonl.gz: one answer of the Jaeger API per line)');
  process.exit(2);
}
const scores = await scoreInference(folder);
console.log(table(scores));
writeFileSync(fileURLToPath(new URL('../docs/reference/inference.md', import.meta.url)), page(scores));

function page(all: readonly Score[]): string {
  const share = (count: number, edges: number) => `${((100 * count) / edges).toFixed(2)} %`;
  const rows = all.map(({ name, edges, right, wrong, missing, foreign }) => {
    const shares = [right, wrong, missing, foreign].map((count) => share(count, edges));
    return `| ${name} | ${edges} | ${shares.join(' | ')} |`;
  });
  return `# Parents that the tracer infers
Written by \`node bench/inference.ts FOLDER\`, from the recordings of TraceWeaver's artefact (SIGCOMM 2024): calls between
services whose parents are known. The tracer is given the times and addresses of the calls, and no header or id. An edge is
right if the call got its true parent, wrong if it got another, missing if it became a root. Foreign: true roots that got a
parent.

Two rules name parents. \`only_open_request\`: the host had one request open from the call's begin to its end.
\`likeliest_open_request\`: it had several, and one of them is far likelier (by a factor of e^6) than each other, by what was
learnt so far from calls with a known parent: which kinds of requests (who asks, what) make this call at all, how often one
of them does, how soon after it began, and how long before it was done. Twenty examples are needed first, so the first
calls of each kind stay roots; nothing is known beforehand, and nothing is decided again later.

| recording | edges | right | wrong | missing | foreign |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
