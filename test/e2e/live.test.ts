import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, rowsOf } from '../live/compare.ts';
import { leaked, outputNames, readOutputs } from '../live/outputs.ts';
import type { ExpectedRequest } from '../live/scenario.ts';
import { scenarios } from '../live/scenarios/index.ts';
import { kafka, localBroker } from '../live/scenarios/kafka.ts';
import { Stage } from '../live/stage.ts';
import { build, Flowloom } from './harness/flowloom.ts';
import { LiveServices } from './harness/live-services.ts';

const reason = await missing('root', 'ip', 'ss', 'ethtool');
const lacks = new Map(
  await Promise.all(scenarios.map(async ({ name, needs }) => [name, await missing(...needs)] as const)),
);
const played = scenarios.filter(({ name }) => !lacks.get(name));
/** What came last is still on its way through the ring and the services. */
const SETTLE_MS = 1500;
const requestLogs = 'flowloom.request-logs';
/** Those that have something to say within seconds: flow logs and metrics of a minute come when it is over. */
const topicsInUse = ['flows.raw', 'requests.raw', 'flows', 'requests', 'request-logs']
  .map((name) => `flowloom.${name}`)
  .concat('otlp_spans');

describe.skipIf(reason)(titled('flowloom run beside real servers and real clients', reason), () => {
  const made = new Map<string, readonly ExpectedRequest[]>();
  let stage: Stage;
  let folder: string;
  let outputs: ReadonlyMap<string, string>;
  let said: string;
  let fromServices: ReadonlyMap<string, string>;
  let exitCodes: number[];
  const topics = new Map<string, string>();

  beforeAll(async () => {
    build();
    folder = mkdtempSync(join(tmpdir(), 'flowloom-live-'));
    stage = new Stage();
    await Promise.all(played.map((scenario) => scenario.serve(stage)));
    const port = 9464;
    const flags = ['run', '--no-ebpf', '--interface', stage.interface, '--out', folder];
    const env = { FLOWLOOM_HTTP_HOST: '127.0.0.1', FLOWLOOM_HTTP_PORT: String(port) };
    const flowloom = new Flowloom(flags, { env, by: stage.on('client') });
    await stage.answers('client', `http://127.0.0.1:${port}/readyz`);
    const services = lacks.get(kafka.name) ? undefined : await LiveServices.start(stage, localBroker);
    for (const scenario of played) made.set(scenario.name, await scenario.drive(stage));
    await stage.settled();
    await sleep(SETTLE_MS);
    const code = await flowloom.end('SIGTERM');
    said = flowloom.stdout + flowloom.stderr;
    if (code !== 0) throw new Error(`exit code ${code}: ${said}`);
    outputs = readOutputs(folder);
    if (!services) return;
    const total = [...made.values()].reduce((sum, requests) => sum + requests.length, 0);
    await services.stop('capturer');
    const logs = () => services.read(requestLogs, '%s\\n');
    await eventually(async () => (await logs()).split('\n').length > total, 'the request logs', 15_000).catch(() => {});
    fromServices = new Map([['request-logs', await logs()]]);
    for (const topic of await services.topics()) topics.set(topic, await services.read(topic));
    const stopped = await services.stopAll();
    said += stopped.said;
    exitCodes = stopped.codes;
  });

  afterAll(async () => {
    await stage?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  describe.each(scenarios)('$name ($about)', (scenario) => {
    const lack = lacks.get(scenario.name);

    it.skipIf(lack)(titled('is in the request logs with exactly the requests that were made', lack), () => {
      const rows = rowsOf(outputs, scenario.ports);
      const { seen, wanted } = comparable(rows, made.get(scenario.name)!, scenario);
      expect(seen).toEqual(wanted);
    });
  });

  describe.skipIf(lacks.get(kafka.name))(titled('the four services over Kafka', lacks.get(kafka.name)), () => {
    it.each(played)('put exactly the requests of $name on the topic of request logs', (scenario) => {
      const rows = rowsOf(fromServices, scenario.ports);
      const { seen, wanted } = comparable(rows, made.get(scenario.name)!, scenario);
      expect(seen).toEqual(wanted);
    });

    it('keep every secret out of every topic', () => {
      const busy = [...topics].filter(([, text]) => text.length > 0).map(([topic]) => topic);
      expect(busy).toEqual(expect.arrayContaining(topicsInUse));
      for (const [topic, text] of topics) expect(leaked(text, secrets()), topic).toEqual([]);
    });

    it('end in order', () => {
      expect(exitCodes).toEqual([0, 0, 0, 0]);
    });
  });

  it.each(outputNames)('keeps every secret out of %s', (name) => {
    const text = outputs.get(name)!;
    expect(text.length).toBeGreaterThan(0);
    expect(leaked(text, secrets())).toEqual([]);
  });

  it('keeps every secret out of what it says itself', () => {
    expect(leaked(said, secrets())).toEqual([]);
  });
});

function secrets(): string[] {
  return played.flatMap(({ secrets, packedSecrets = [] }) => [...secrets, ...packedSecrets]);
}
