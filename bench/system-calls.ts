// What seeing system calls costs the programs that make them: requests per second, latency, and CPU of server and client per
// request, alone, with system calls seen, and with all of `flowloom run` (packets too). nginx under wrk as fast as it goes, then at
// about 8,000 requests/s, then Redis under redis-benchmark; both sides are seen, TLS probes are on.
// As fast as it goes, server and client fill the machine, and what they lose is mostly the CPU that Flowloom itself takes: once with
// no budget, where it takes what it needs to see all, and once within its usual budget, when its credit for bursts is used up and the
// share of the time in which requests are seen has settled. Compared is what was measured while the CPUs were as far from each other (lib/cpu-distance.ts).
// Expected: at most 15 % fewer requests within the budget, at most 15 % more CPU per request of server and client without.
// Usage, as root: node bench/system-calls.ts [SECONDS] [nginx|unhurried|redis ...]
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startNginx } from '../libs/testkit/src/nginx.ts';
import { startRedis } from '../libs/testkit/src/redis.ts';
import { report } from './lib/compare.ts';
import { CpuDistance, likeWithLike, type Placed } from './lib/cpu-distance.ts';
import { childCpu, peakMb, processCpu, treeOf } from './lib/process-cpu.ts';
import { median } from './lib/timed.ts';

const seconds = Number(process.argv[2] ?? 10);
const rounds = 3;
/** Within the budget, in the last round: until the share has settled, and then some periods of 15 s. */
const settleS = 60;
const settledS = 45;
/** Each load is measured in pieces so long. */
const pieceS = 2;
const flowloom = fileURLToPath(new URL('../cli/bin/flowloom.js', import.meta.url));
const page = 'http://127.0.0.1:9464/metrics';

interface Load extends Placed {
  readonly requests: number;
  readonly seconds: number;
  /** Of server and client together. */
  readonly cpuS: number;
  /** Of a request, half and 99 of a hundred are answered in: as the client says. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a client says at its end. */
type Said = Pick<Load, 'requests' | 'p50Ms' | 'p99Ms'>;

interface Case {
  readonly name: string;
  /** Environment of `flowloom run`; undefined: nothing watches. */
  readonly env?: NodeJS.ProcessEnv;
  readonly isBudgeted: boolean;
  readonly loads: Load[];
  /** Of Flowloom, in all pieces. */
  flowloomCpuS: number;
  peakMb: number;
  lost: number;
  /** Share of the time in which requests were seen, at the end of each load. */
  readonly shares: number[];
}

function newCase(name: string, interfaces?: string, budget = 'off'): Case {
  const env = interfaces && {
    FLOWLOOM_CAPTURER_INTERFACES: interfaces,
    FLOWLOOM_CAPTURER_CPU_BUDGET: budget,
    FLOWLOOM_CAPTURER_CPU_BURST_MS: '0',
  };
  const counted = { loads: [], shares: [], flowloomCpuS: 0, peakMb: 0, lost: 0 };
  return { name, env: env || undefined, isBudgeted: budget !== 'off', ...counted };
}

/** An interface where nothing passes: no packets. */
const nowhere = 'flbench0';
const cases = (): Case[] => [
  newCase('alone'),
  newCase('system calls', nowhere),
  newCase('everything', 'lo'),
  newCase('system calls, within the budget', nowhere, 'auto'),
  newCase('everything, within the budget', 'lo', 'auto'),
];

async function startRun(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn(flowloom, ['run'], { env: { ...process.env, ...env, PATH: path }, stdio: 'ignore' });
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

const distance = new CpuDistance();

/** Runs the client to its end, beside the server of that process id. */
async function load(
  server: number,
  command: string[],
  read: (output: string, command: string[]) => Said,
): Promise<Load> {
  const before = distance.ns();
  const cpuBefore = processCpu(treeOf(server)) + childCpu();
  const began = performance.now();
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  await once(child, 'close');
  const elapsed = (performance.now() - began) / 1000;
  const cpuS = processCpu(treeOf(server)) + childCpu() - cpuBefore;
  return { ...read(output, command), seconds: elapsed, cpuS, distancesNs: [before, distance.ns()] };
}

/** @param command of the client, for about so many seconds */
async function measure(
  name: string,
  title: string,
  server: number,
  command: (seconds: number) => string[],
  read: (output: string, command: string[]) => Said,
) {
  const all = cases();
  const pieces = async (wantedS: number): Promise<Load[]> => {
    const done: Load[] = [];
    while (done.length * pieceS < wantedS) done.push(await load(server, command(pieceS), read));
    return done;
  };
  for (let round = 0; round < rounds; round++) {
    for (const one of all) {
      if (one.isBudgeted && round < rounds - 1) continue;
      const run = one.env && (await startRun(one.env));
      if (one.isBudgeted) await load(server, command(settleS), read);
      const before = run ? processCpu([run.pid!]) : 0;
      const lostBefore = run ? await metric('flowloom_capturer_syscalls_lost_total') : 0;
      one.loads.push(...(await pieces(one.isBudgeted ? settledS : seconds)));
      if (run === undefined) continue;
      one.flowloomCpuS += processCpu([run.pid!]) - before;
      one.peakMb = Math.max(one.peakMb, peakMb(run.pid!));
      one.lost += (await metric('flowloom_capturer_syscalls_lost_total')) - lostBefore;
      one.shares.push(await metric('flowloom_capturer_seen_share'));
      run.kill('SIGTERM');
      await once(run, 'close');
      if (one.isBudgeted) all[0].loads.push(...(await pieces(seconds))); // what it is compared with, beside it
    }
  }
  const sum = (loads: readonly Load[], value: (load: Load) => number) =>
    loads.reduce((all, each) => all + value(each), 0);
  const secondsOf = (loads: readonly Load[]) => sum(loads, (each) => each.seconds);
  const requestsOf = (loads: readonly Load[]) => sum(loads, ({ requests }) => requests);
  const rate = (loads: readonly Load[]) => requestsOf(loads) / secondsOf(loads);
  const cpuUs = (loads: readonly Load[]) => (sum(loads, ({ cpuS }) => cpuS) / requestsOf(loads)) * 1e6;
  const compared = (one: Case) => likeWithLike(one.loads, all[0].loads);
  /** To what its like comes to alone; pieces with seen windows and without together. */
  const toAlone = (one: Case, value: (loads: readonly Load[]) => number) => {
    const pairs = compared(one);
    const total = (of: (pair: (typeof pairs)[number]) => number) =>
      pairs.reduce((sum, pair) => sum + of(pair) * pair.one.seconds, 0);
    return total((pair) => value([pair.one])) / total((pair) => value(pair.likes));
  };
  report({
    name,
    title,
    input: `${seconds} s each, ${rounds} rounds in turn; within the budget once, ${settledS} s after ${settleS} s; pieces of ${pieceS} s, compared with those when the CPUs were as far from each other; ratio: requests/s, this to alone`,
    unit: 'requests',
    runs: rounds,
    cpu: cpus()[0].model,
    cores: cpus().length,
    rows: all.map((one) => ({
      name: one.name,
      perSecond: Math.round(rate(one.loads)),
      ratio: Number(toAlone(one, rate).toFixed(3)),
      fewerRequestsPercent: Number((100 * (1 - toAlone(one, rate))).toFixed(1)),
      cpuUsPerRequest: Number(cpuUs(one.loads).toFixed(2)),
      moreCpuPercent: Number((100 * (toAlone(one, cpuUs) - 1)).toFixed(1)),
      p50Ms: median(one.loads.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(one.loads.map(({ p99Ms }) => p99Ms)),
      worstP99Ms: Math.max(...one.loads.map(({ p99Ms }) => p99Ms)),
      flowloomCpus: Number((one.flowloomCpuS / secondsOf(one.loads)).toFixed(2)),
      flowloomCpuSPer10kRequests: Number(((one.flowloomCpuS / requestsOf(one.loads)) * 1e4).toFixed(3)),
      flowloomPeakMb: Math.round(one.peakMb),
      seenPercent: one.env ? Math.round(100 * median(one.shares)) : '',
      eventsLost: one.lost,
      comparedPieces: compared(one).length,
    })),
  });
}

const removeLink = (): unknown => spawnSync('ip', ['link', 'del', 'flbench0']);
removeLink(); // of a run that was killed
execFileSync('ip', ['link', 'add', 'flbench0', 'type', 'veth', 'peer', 'name', 'flbench1']);
process.on('exit', removeLink);
/** `50% 1.20ms` of wrk. */
function latency(output: string, percent: number): number {
  const [, value, unit] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(output)!;
  return Number((Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's']).toFixed(3));
}
const wrk = (output: string): Said => ({
  requests: Number(/(\d+) requests in/.exec(output)![1]),
  p50Ms: latency(output, 50),
  p99Ms: latency(output, 99),
});

const folder = mkdtempSync(join(tmpdir(), 'flowloom-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
/** Each of the 50 connections waits before it asks again, ms. */
const unhurried = join(folder, 'unhurried.lua');
writeFileSync(unhurried, 'function delay() return 6 end');

const nginx = await startNginx();
const wanted = (what: string) => process.argv.length <= 3 || process.argv.slice(3).includes(what);
const asks = (s: number) => ['wrk', '-t1', '-c50', `-d${s}s`, '--latency'];
if (wanted('nginx'))
  await measure(
    'system-calls-nginx',
    'System calls seen: nginx under wrk, 50 connections',
    nginx.pid,
    (s) => [...asks(s), nginx.url],
    wrk,
  );
if (wanted('unhurried'))
  await measure(
    'system-calls-nginx-unhurried',
    'System calls seen: nginx under wrk, 50 connections that wait 6 ms before each request',
    nginx.pid,
    (s) => [...asks(s), '-s', unhurried, nginx.url],
    wrk,
  );
await nginx.stop();
const redis = await startRedis();
/** redis-benchmark counts requests, not seconds. */
const gets = (s: number) => String(s * 40_000);
if (wanted('redis'))
  await measure(
    'system-calls-redis',
    'System calls seen: Redis under redis-benchmark GET, 50 connections',
    redis.pid,
    (s) => ['redis-benchmark', '-p', String(redis.port), '--csv', '-t', 'get', '-n', gets(s)],
    // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
    (output, command) => {
      const fields = /^"GET".*$/m
        .exec(output)![0]
        .split(',')
        .map((field) => Number(field.replaceAll('"', '')));
      return { requests: Number(command.at(-1)), p50Ms: fields[4], p99Ms: fields[6] };
    },
  );
await redis.stop();
