// What seeing system calls costs the programs that make them: requests per second, and CPU of server and client per request,
// alone, with system calls seen, and with all of `flowloom run` (packets too). nginx under wrk, then Redis under
// redis-benchmark; both sides are seen, TLS probes are on.
// Expected: at most 15 % more CPU per request of server and client. Requests per second are told too, but on two cores that
// server and client fill, what they lose is mostly the CPU that the capturer itself takes: it is told by itself, per 10,000
// requests.
// Usage, as root: node bench/system-calls.ts [SECONDS]
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startNginx } from '../libs/testkit/src/nginx.ts';
import { startRedis } from '../libs/testkit/src/redis.ts';
import { report } from './lib/compare.ts';
import { childCpu, peakMb, processCpu, treeOf } from './lib/process-cpu.ts';

const seconds = Number(process.argv[2] ?? 10);
const rounds = 3;
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const page = 'http://127.0.0.1:9464/metrics';

interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** Of server and client together. */
  readonly cpuS: number;
}

interface Case {
  readonly name: string;
  /** Environment of `flowloom run`; undefined: nothing watches. */
  readonly env?: NodeJS.ProcessEnv;
  readonly loads: Load[];
  capturerCpuS: number;
  peakMb: number;
  lost: number;
}

const cases = (): Case[] => [
  { name: 'alone', loads: [], capturerCpuS: 0, peakMb: 0, lost: 0 },
  // An interface where nothing passes: no packets.
  {
    name: 'system calls',
    env: { FLOWLOOM_CAPTURER_INTERFACES: 'flbench0' },
    loads: [],
    capturerCpuS: 0,
    peakMb: 0,
    lost: 0,
  },
  { name: 'everything', env: { FLOWLOOM_CAPTURER_INTERFACES: 'lo' }, loads: [], capturerCpuS: 0, peakMb: 0, lost: 0 },
];

async function startRun(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'run'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  for (let i = 0; i < 300; i++) {
    if (
      await fetch('http://127.0.0.1:9464/readyz').then(
        (response) => response.ok,
        () => false,
      )
    )
      return child;
    await sleep(100);
  }
  throw new Error('flowloom run does not begin');
}

/** Sum of a metric over its labels. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(page)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Runs the client to its end, beside the server of that process id. */
async function load(server: number, command: string[], requestsOf: (output: string) => number): Promise<Load> {
  const cpuBefore = processCpu(treeOf(server)) + childCpu();
  const began = performance.now();
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  await once(child, 'close');
  const elapsed = (performance.now() - began) / 1000;
  return { requests: requestsOf(output), seconds: elapsed, cpuS: processCpu(treeOf(server)) + childCpu() - cpuBefore };
}

async function measure(
  name: string,
  title: string,
  server: number,
  command: string[],
  requestsOf: (output: string) => number,
) {
  const all = cases();
  for (let round = 0; round < rounds; round++) {
    for (const one of all) {
      const run = one.env && (await startRun(one.env));
      const before = run ? processCpu([run.pid!]) : 0;
      one.loads.push(await load(server, command, requestsOf));
      if (run === undefined) continue;
      one.capturerCpuS += processCpu([run.pid!]) - before;
      one.peakMb = Math.max(one.peakMb, peakMb(run.pid!));
      one.lost += await metric('flowloom_capturer_syscalls_lost_total');
      run.kill('SIGTERM');
      await once(run, 'close');
    }
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const rate = (one: Case) => median(one.loads.map(({ requests, seconds: s }) => requests / s));
  const cpuUs = (one: Case) => median(one.loads.map(({ requests, cpuS }) => (cpuS / requests) * 1e6));
  const requests = (one: Case) => one.loads.reduce((sum, each) => sum + each.requests, 0);
  report({
    name,
    title,
    input: `${seconds} s each, ${rounds} rounds in turn; ratio: CPU of server and client per request, alone to this`,
    unit: 'requests',
    runs: rounds,
    cpu: cpus()[0].model,
    cores: cpus().length,
    rows: all.map((one) => ({
      name: one.name,
      perSecond: Math.round(rate(one)),
      ratio: Number((cpuUs(all[0]) / cpuUs(one)).toFixed(2)),
      cpuUsPerRequest: Number(cpuUs(one).toFixed(2)),
      moreCpuPercent: Number((100 * (cpuUs(one) / cpuUs(all[0]) - 1)).toFixed(1)),
      capturerCpuSPer10kRequests: Number(((one.capturerCpuS / requests(one)) * 1e4).toFixed(3)),
      capturerPeakMb: Math.round(one.peakMb),
      eventsLost: one.lost,
    })),
  });
}

execFileSync('ip', ['link', 'add', 'flbench0', 'type', 'veth', 'peer', 'name', 'flbench1']);
process.on('exit', () => execFileSync('ip', ['link', 'del', 'flbench0']));
const nginx = await startNginx();
await measure(
  'system-calls-nginx',
  'System calls seen: nginx under wrk, 50 connections',
  nginx.pid,
  ['wrk', '-t1', '-c50', `-d${seconds}s`, nginx.url],
  (output) => Number(/(\d+) requests in/.exec(output)![1]),
);
await nginx.stop();
const redis = await startRedis();
const gets = seconds * 10_000;
await measure(
  'system-calls-redis',
  'System calls seen: Redis under redis-benchmark GET, 50 connections',
  redis.pid,
  ['redis-benchmark', '-p', String(redis.port), '-q', '-t', 'get', '-n', String(gets)],
  () => gets,
);
await redis.stop();
