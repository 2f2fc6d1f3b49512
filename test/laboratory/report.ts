import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Result } from './lib/laboratory.ts';
import type { Scenario } from './lib/scenario.ts';
import { table } from './lib/table.ts';

const file = fileURLToPath(new URL('../../docs/reference/laboratory.md', import.meta.url));

/** Writes docs/reference/laboratory.md. */
export function report(results: readonly Result[], skipped: readonly string[]): void {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const about = ({ name, shows, rest }: Scenario) => `| ${name} | ${shows} | ${rest ?? ''} |`;
  const text = `# Laboratory: which request caused which
Written by \`node test/laboratory/run.ts --report\`: real services under load, traced by \`flowloom run\` without a CPU budget, compared edge by edge
with the services' own logs ([how](../../test/laboratory/README.md)). ${cpus().length} processors for everything, Linux ${release()}.

An edge is *right* when the exported parent is the request that the service itself names, *wrong* when it is another one,
*missing* without one. Rules are those of \`flowloom.link_rule\`, with the number of their edges that are right.

${table(results)}
${skipped.map((line) => `\nNot run: ${line}.`).join('')}

## What is hard, and what is not reached
| scenario | what it shows | what is missing or wrong, and why |
|---|---|---|
${scenarios.map(about).join('\n')}
`;
  writeFileSync(file, text);
}
