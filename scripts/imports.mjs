// Checks the import rules over the tree, and by a canary that each rule bites: a rule whose edges vanish (an export
// condition, a renamed folder) would otherwise pass for ever. Prints one line per offence; exit 1 on any.
import { spawnSync } from 'node:child_process';

const CANARY_RULES = [
  'unresolved',
  'circular',
  'layer: libs/records',
  'layer: services/tagger',
  'testkit in tests only',
  'pure core',
  'only: Nest',
  'only: kafkajs',
  'only: capture libraries',
  'only: Redis',
  'only: Kubernetes',
  'only: OpenTelemetry',
  'only: Arrow',
];

function violations(...paths) {
  const run = spawnSync('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths], {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  if (!run.stdout) throw new Error(`dependency-cruiser did not run: ${run.error?.message ?? run.stderr}`);
  return JSON.parse(run.stdout).summary;
}

const tree = violations('libs', 'services', 'cli/src');
for (const { rule, from, to } of tree.violations) console.error(`${from} -> ${to}: ${rule.name}`);

const bitten = new Set(violations('test/fixtures/import-canary').violations.map(({ rule }) => rule.name));
const asleep = CANARY_RULES.filter((name) => !bitten.has(name));
for (const name of asleep) console.error(`canary: the rule "${name}" lets its offence pass`);

console.log(
  `${tree.totalCruised} modules, ${tree.totalDependenciesCruised} imports, ${tree.violations.length} against the rules`,
);
process.exitCode = tree.violations.length || asleep.length ? 1 : 0;
