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
  /** Keeps Flowloom's files there. */
  readonly out?: string;
}

/** Runs the scenarios one after another under one `flowloom run`, then compares what it exported with the services' logs. */
export async function runLaboratory(scenarios: readonly Scenario[], options: LaboratoryOptions): Promise<Result[]> {
  const { atOnce, requests, onProgress = () => {} } = options;
  const out = options.out ?? mkdtempSync(join(tmpdir(), 'flowloom-laboratory-out-'));
  const [port] = await freePorts(1);
  // Of the laboratory's network alone, whatever else runs on this host.
  const own = { FLOWLOOM_HTTP_PORT: String(port), FLOWLOOM_CAPTURER_EBPF_NAMESPACES: '/proc/self/ns/net' };
  // All at once on one machine leaves no CPU to spare for minutes: what is not looked at then would say nothing of causes.
  const env = { ...own, FLOWLOOM_CAPTURER_CPU_BUDGET: 'off' };
  const flowloom = new Flowloom(['run', '--out', out], { env });
  const runs: { scenario: Scenario; truth: Truth; roots: ReadonlyMap<number, string[]> }[] = [];
  try {
    await flowloom.ready(`http://127.0.0.1:${port}/readyz`);
    const unseen = /system calls are not seen[^"]*/.exec(flowloom.stdout + flowloom.stderr);
    if (unseen) throw new Error(unseen[0]);
    for (const scenario of scenarios) {
      onProgress(scenario.name);
      runs.push({ scenario, ...(await runScenario(scenario, atOnce, requests)) });
    }
    await sleep(1500); // the last second of the capture
  } finally {
    await flowloom.end('SIGTERM');
  }
  if (flowloom.stderr) onProgress(flowloom.stderr.slice(-2000));
  const exchanges = await readExchanges(join(out, 'traces.ndjson'));
  if (options.out === undefined) rmSync(out, { recursive: true });
  return runs.flatMap(({ scenario, truth, roots }) =>
    atOnce.map((n) => ({ scenario, atOnce: n, score: score(truth, exchanges, roots.get(n)!) })),
  );
}

/** Starts the scenario, sends its load, and ends it. */
export async function runScenario(
  { start, same, warmUp, afterwardsMs }: Scenario,
  atOnce: readonly number[],
  requests: number,
) {
  const lab = new Lab();
  const sent = new Map<number, string[]>();
  let url = '';
  try {
    url = await start(lab);
    await sleep(2500); // probes come to new processes within a second, later on a busy machine
    const ca = url.startsWith('https:') ? lab.tls.ca : undefined;
    if (warmUp) await load(url, { requests: warmUp, atOnce: 8, same, ca });
    for (const n of atOnce) sent.set(n, await load(url, { requests, atOnce: n, same, ca }));
    if (afterwardsMs) await sleep(afterwardsMs);
  } finally {
    await lab.stop();
  }
  const truth = lab.truth();
  const port = Number(new URL(url).port);
  const roots = new Map([...sent].map(([n, ids]) => [n, ids.map((id) => truth.addRoot(id, port))]));
  return { truth, roots };
}
