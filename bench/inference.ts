// How many parents the tracer infers right where nothing but time and addresses is known: recordings of TraceWeaver's
// artefact (Jaeger traces whose parents are known), of which the tracer gets neither ids nor headers. Expected: no wrong
// edge; the share of right ones falls with the load, for the rule only decides where one request was open. TraceWeaver itself
// assigns every call, right or wrong, and knows each service's call graph beforehand.
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
right if the call got its true parent, wrong if it got another, missing if it became a root, which the rule
\`only_open_request\` does wherever its host had several requests open. Foreign: true roots that got a parent.

| recording | edges | right | wrong | missing | foreign |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
