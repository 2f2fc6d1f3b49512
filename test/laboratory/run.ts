import { parseArgs } from 'node:util';
import { missing } from '@flowloom/testkit';
import { build } from '../e2e/harness/flowloom.ts';
import { runLaboratory } from './lib/laboratory.ts';
import { enterOwnNetwork } from './lib/own-network.ts';
import { table } from './lib/table.ts';
import { report } from './report.ts';
import { scenarios } from './scenarios/index.ts';

/** Of each way in which programs go on with requests one scenario: rules for one runtime have cost others before. */
const oneEach =
  '^(C worker queue|Rust tokio|Go workers|Go gRPC|Java pool|Java virtual|Java async|Node http|Node fetch pauses|Node gRPC|Python asyncio|Python thread pool|nginx chain|haproxy)$';

const usage = `node test/laboratory/run.ts [--only TEXT | --one-each] [--at-once 1,8,64] [--requests N] [--older] [--out FOLDER] [--examples]

Runs the laboratory: real services under load, traced by "flowloom run", compared edge by edge with the services' own logs.
  --only TEXT     scenarios whose name fits (a regular expression)
  --one-each      a scenario of each runtime and proxy: before a rule changes, and after
  --older         services run, and answer requests, before Flowloom starts
  --out FOLDER    keep Flowloom's files
  --report        write docs/reference/laboratory.md: of services that start after Flowloom
  --no-build      the command is built already
  --examples      print some of the wrong and missing edges
  --json          a line of JSON for each result, instead of the table`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    'one-each': { type: 'boolean' },
    'at-once': { type: 'string', default: '1,8,64' },
    requests: { type: 'string', default: '400' },
    older: { type: 'boolean' },
    out: { type: 'string' },
    examples: { type: 'boolean' },
    json: { type: 'boolean' },
    report: { type: 'boolean' },
    'no-build': { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(usage);
else if (values.older && values.report) {
  console.error('--report is of services that start after Flowloom: leave out --older');
  process.exitCode = 2;
} else {
  enterOwnNetwork();
  const chosen = [];
  const skipped: string[] = [];
  const wanted = new RegExp(values.only ?? (values['one-each'] ? oneEach : ''));
  for (const scenario of scenarios.filter(({ name }) => wanted.test(name))) {
    const reason = await missing('root', ...scenario.needs);
    if (reason) skipped.push(`${scenario.name} (${reason})`);
    else chosen.push(scenario);
  }
  if (!values['no-build']) build();
  const results = await runLaboratory(chosen, {
    atOnce: values['at-once'].split(',').map(Number),
    requests: Number(values.requests),
    onProgress: (line) => console.error(line),
    older: values.older,
    ...(values.out && { out: values.out }),
  });
  for (const line of skipped) console.error(`skipped: ${line}`);
  if (values.json) {
    for (const { scenario, atOnce, score } of results)
      console.log(
        JSON.stringify({ scenario: scenario.name, atOnce, ...score, rules: Object.fromEntries(score.rules) }),
      );
  } else console.log(table(results));
  if (values.report) report(results, skipped);
  if (values.examples)
    for (const { scenario, atOnce, score } of results) console.log(scenario.name, atOnce, score.examples);
}
