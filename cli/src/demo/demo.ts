import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode, Failure } from '../failure.ts';
import { applicationDir, DemoApplication } from './application.ts';
import { readOutputs } from './outputs.ts';
import { show } from './show.ts';

export interface DemoOptions {
  readonly requests: number;
  readonly rate: number;
  readonly out?: string;
  readonly json?: boolean;
}

const tools = ['ip', 'ss', 'nginx', 'redis-server', 'python3'];
const READY_MS = 60_000;
const END_MS = 15_000;

/** Starts the book shop, captures it by `flowloom run` on its node, and shows what came out. Returns the exit code. */
export async function demo(options: DemoOptions): Promise<ExitCode> {
  checkMachine();
  const say = (text: string) => process.stderr.write(`demo: ${text}\n`);
  const out = options.out ?? mkdtempSync(join(tmpdir(), 'flowloom-demo-out-'));
  const application = new DemoApplication();
  const cleanUp = () => {
    application.stop();
    if (!options.out) rmSync(out, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  const stop = (signal: NodeJS.Signals) => {
    try {
      cleanUp();
    } catch (error) {
      say(`not everything could be removed: ${(error as Error).message}`);
    }
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    say('starting five services: edge (nginx), shop and cart (Node), pricing (Python), cache (Redis)');
    await application.start();
    say(`capturing on their node: flowloom run --interface ${application.interfaces.join(' ')}`);
    const capture = await startCapture(application, out);
    say(`${options.requests} requests, ${options.rate} a second`);
    const answers = await application.traffic(options.requests, options.rate);
    await endCapture(capture);
    const outputs = readOutputs(out);
    if (options.json) process.stdout.write(`${JSON.stringify({ out, answers, ...outputs.counts })}\n`);
    else show(outputs, answers, process.stdout.isTTY === true);
    if (!options.json && options.out) say(`kept in ${out}`);
    return outputs.counts.traces > 0 ? ExitCode.ok : ExitCode.failed;
  } finally {
    cleanUp();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function checkMachine(): void {
  if (process.getuid?.() !== 0) throw new Failure('the demo makes network namespaces: run it as root', ExitCode.usage);
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length)
    throw new Failure(`the demo needs ${missing.join(', ')}: "npm run demo" installs them`, ExitCode.usage);
}

/** Resolves when `flowloom run` says that it is ready. */
async function startCapture(application: DemoApplication, out: string): Promise<ChildProcess> {
  const inventory = join(applicationDir, 'inventory.yaml');
  const options = ['--interface', ...application.interfaces, '--resources', inventory, '--out', out];
  const flowloom = [process.execPath, process.argv[1], 'run', ...options];
  // System calls are those of the demo's processes alone, wherever they can be seen.
  const env = { FLOWLOOM_CAPTURER_EBPF_NAMESPACES: application.namespaces.join(',') };
  const child = application.spawn(application.node, flowloom, { env });
  let said = '';
  child.stderr?.on('data', (text) => (said += text));
  child.stdout?.on('data', (text) => (said += text));
  const deadline = Date.now() + READY_MS;
  while (!isReady(application)) {
    if (child.exitCode !== null) throw new Failure(`flowloom run ended:\n${said.trim()}`, ExitCode.failed);
    if (Date.now() > deadline)
      throw new Failure(`flowloom run is not ready after ${READY_MS / 1000} s:\n${said.trim()}`, ExitCode.failed);
    await sleep(100);
  }
  return child;
}

/** Asks the readiness page inside the node. */
function isReady(application: DemoApplication): boolean {
  const ask = `fetch('http://127.0.0.1:9464/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return spawnSync('ip', ['netns', 'exec', application.node, process.execPath, '-e', ask]).status === 0;
}

/** Asks it to end, which closes open minutes and traces. */
async function endCapture(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(END_MS, undefined, { ref: false })]);
  if (child.exitCode === null) throw new Failure(`flowloom run did not end within ${END_MS / 1000} s`, ExitCode.failed);
}
