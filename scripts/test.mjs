// Everything that has to hold: lint and format, types, import rules, generated pages, then the suites of vitest.config.ts.
// `npm test` runs all; `npm test -- lint unit` some. The last line is `N passed, N failed, N skipped`; exit 1 on a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.env.PATH = resolve('node_modules/.bin') + delimiter + process.env.PATH;
const reports = mkdtempSync(join(tmpdir(), 'flowloom-test-'));

/** A step that passes or fails as a whole. */
const check = (name, ...command) => ({ name, command });
/** A suite of vitest: each of its tests counts. */
const suite = (name, needsServers) => {
  const report = join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const command = ['vitest', 'run', '--project', name, '--silent=passed-only', ...reporters];
  return { name, command, report, needsServers };
};

const steps = [
  check('lint', 'biome', 'ci', '--error-on-warnings', '.'),
  check('types', 'tsc', '--noEmit'),
  check('imports', 'node', 'scripts/imports.mjs'),
  check('docs', 'node', 'scripts/docs.mjs', '--check'),
  suite('unit', false),
  suite('integration', true),
  suite('machine', true),
  suite('e2e', true),
];

const total = { passed: 0, failed: 0, skipped: 0 };
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length) {
  console.error(`no step ${unknown.join(', ')}: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}

const wanted = steps.filter(({ name }) => !chosen.length || chosen.includes(name));
let servers = wanted.some((step) => step.needsServers) ? prepareServers() : '';
for (const step of wanted) {
  const started = Date.now();
  console.log(`== ${step.name}`);
  if (step.needsServers) {
    process.stdout.write(await servers);
    servers = ''; // that was said
  }
  const code = await run(step.command);
  const counts = step.report ? countsOf(step.report, code) : { passed: code ? 0 : 1, failed: code ? 1 : 0, skipped: 0 };
  for (const name of Object.keys(total)) total[name] += counts[name];
  const { passed, failed, skipped } = counts;
  console.log(
    `== ${step.name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${((Date.now() - started) / 1000).toFixed(0)} s\n`,
  );
}
rmSync(reports, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed ? 1 : 0;

/** Builds the servers that the tests need and this machine has not yet, while the quick steps run; resolves to its words. */
async function prepareServers() {
  let said = '';
  await run(['nice', '-n', '10', 'node', 'libs/testkit/src/prepare.ts'], (text) => {
    said += text;
  });
  return said;
}

/** A suite that broke off without a report, or that ran nothing, is a failure of its own. */
function countsOf(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = result;
  for (const title of skippedGroups(result)) console.log(title);
  const brokenFiles = code && !numFailedTests ? Math.max(1, numFailedTestSuites) : 0;
  const nothing = numPassedTests + numFailedTests ? 0 : 1;
  return {
    passed: numPassedTests,
    failed: Math.max(numFailedTests + brokenFiles, nothing),
    skipped: numPendingTests + numTodoTests,
  };
}

/** Titles of the groups that this machine cannot run; each ends with the reason. */
function skippedGroups({ testResults }) {
  const titles = testResults.flatMap(({ assertionResults }) => assertionResults.flatMap((test) => test.ancestorTitles));
  return new Set(titles.filter((title) => title.includes('[skipped: ')));
}

/** Resolves to the exit code. The output goes to ours, or to `listen`. */
function run([command, ...args], listen) {
  return new Promise((done) => {
    const output = listen ? 'pipe' : 'inherit';
    const child = spawn(command, args, { stdio: ['ignore', output, output] });
    if (listen) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', listen);
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      done(1);
    });
    child.on('close', (code) => done(code ?? 1));
  });
}
