import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@flowloom/testkit';
import { Flowloom } from '../../e2e/harness/flowloom.ts';
import { readExchanges } from './exchanges.ts';
import { Lab } from './lab.ts';
import { load } from './load.ts';
import type { Scenario } from './scenario.ts';
import { type Score, score } from './score.ts';
import type { Truth } from './truth.ts';

export interface Result {
  readonly scenario: Scenario;
  readonly atOnce: number;
  readonly score: Score;
}

export interface LaboratoryOptions {
  readonly atOnce: readonly number[];
  readonly requests: number;
  readonly onProgress?: (line: string) => void;
  /** Services are older than Flowloom. */
  readonly older?: boolean;
  /** Keeps Flowloom's files there. */
  readonly out?: string;
}

interface Run {
  readonly scenario: Scenario;
  readonly truth: Truth;
  /** The requests of the load generator, by how many were sent at once. */
  readonly roots: ReadonlyMap<number, readonly string[]>;
}

/**
 * Before Flowloom starts services that are older than it answer so many requests, unless their scenario has a warm-up.
 * None where requests are named by their place on a connection.
 */
const EARLIER_REQUESTS = 40;

/** Runs the scenarios one after another, then compares what `flowloom run` exported with the services' logs. */
export async function runLaboratory(scenarios: readonly Scenario[], options: LaboratoryOptions): Promise<Result[]> {
  return options.older ? afterTheServices(scenarios, options) : beforeTheServices(scenarios, options);
}

/** One Flowloom sees all of them start. */
async function beforeTheServices(scenarios: readonly Scenario[], options: LaboratoryOptions): Promise<Result[]> {
  const out = outputOf(options);
  const flowloom = await startFlowloom(out);
  const runs: Run[] = [];
  try {
    for (const scenario of scenarios) {
      options.onProgress?.(scenario.name);
      runs.push(await runScenario(scenario, options.atOnce, options.requests));
    }
  } finally {
    await endFlowloom(flowloom, options);
  }
  return scoreRuns(runs, out, options);
}

/** Each scenario's services already run, and have answered requests, when a Flowloom of their own starts. */
async function afterTheServices(scenarios: readonly Scenario[], options: LaboratoryOptions): Promise<Result[]> {
  const results: Result[] = [];
  for (const scenario of scenarios) {
    options.onProgress?.(scenario.name);
    const out = outputOf(options, scenario);
    let flowloom: Flowloom | undefined;
    const start = async () => {
      flowloom = await startFlowloom(out);
    };
    try {
      const run = await runScenario(scenario, options.atOnce, options.requests, start);
      await endFlowloom(flowloom!, options);
      results.push(...(await scoreRuns([run], out, options)));
    } finally {
      await flowloom?.end('SIGKILL');
    }
  }
  return results;
}

function outputOf({ out }: LaboratoryOptions, scenario?: Scenario): string {
  if (out === undefined) return mkdtempSync(join(tmpdir(), 'flowloom-laboratory-out-'));
  return scenario ? join(out, scenario.name) : out;
}

async function startFlowloom(out: string): Promise<Flowloom> {
  const [port] = await freePorts(1);
  // Of the laboratory's network alone, whatever else runs on this host.
  const own = { FLOWLOOM_HTTP_PORT: String(port), FLOWLOOM_CAPTURER_EBPF_NAMESPACES: '/proc/self/ns/net' };
  // All at once on one machine leaves no CPU to spare for minutes: what is not looked at then would say nothing of causes.
  const env = { ...own, FLOWLOOM_CAPTURER_CPU_BUDGET: process.env.LAB_BUDGET ?? 'off' };
  const flowloom = new Flowloom(['run', '--out', out], { env });
  try {
    await flowloom.ready(`http://127.0.0.1:${port}/readyz`);
    const unseen = /system calls are not seen[^"]*/.exec(flowloom.stdout + flowloom.stderr);
    if (unseen) throw new Error(unseen[0]);
  } catch (error) {
    await flowloom.end('SIGKILL');
    throw error;
  }
  return flowloom;
}

async function endFlowloom(flowloom: Flowloom, { onProgress }: LaboratoryOptions): Promise<void> {
  await sleep(1500); // the last second of the capture
  await flowloom.end('SIGTERM');
  if (flowloom.stderr) onProgress?.(flowloom.stderr.slice(-2000));
}

async function scoreRuns(runs: readonly Run[], out: string, options: LaboratoryOptions): Promise<Result[]> {
  const exchanges = await readExchanges(join(out, 'traces.ndjson'));
  if (options.out === undefined) rmSync(out, { recursive: true });
  return runs.flatMap(({ scenario, truth, roots }) =>
    options.atOnce.map((n) => ({ scenario, atOnce: n, score: score(truth, exchanges, roots.get(n)!) })),
  );
}

/**
 * Starts the scenario, sends its load, and ends it. `startFlowloom` is called when its services run and have answered
 * requests; without it Flowloom runs already.
 */
export async function runScenario(
  scenario: Scenario,
  atOnce: readonly number[],
  requests: number,
  startFlowloom?: () => Promise<void>,
): Promise<Run> {
  const { start, same, warmUp, afterwardsMs } = scenario;
  const lab = new Lab();
  const sent = new Map<number, string[]>();
  let url = '';
  try {
    url = await start(lab);
    if (!startFlowloom) await sleep(2500); // probes come to new processes within a second, later on a busy machine
    const ca = url.startsWith('https:') ? lab.tls.ca : undefined;
    const unscored = warmUp ?? (startFlowloom && !same ? EARLIER_REQUESTS : 0);
    if (unscored) await load(url, { requests: unscored, atOnce: 8, same, ca });
    await startFlowloom?.();
    for (const n of atOnce) sent.set(n, await load(url, { requests, atOnce: n, same, ca }));
    if (afterwardsMs) await sleep(afterwardsMs);
  } finally {
    await lab.stop();
  }
  const truth = lab.truth();
  const port = Number(new URL(url).port);
  const roots = new Map([...sent].map(([n, ids]) => [n, ids.map((id) => truth.addRoot(id, port))]));
  return { scenario, truth, roots };
}
