import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, rowsOf } from '../live/compare.ts';
import { leaked, outputNames, readOutputs } from '../live/outputs.ts';
import type { ExpectedRequest } from '../live/scenario.ts';
import { scenarios } from '../live/scenarios/index.ts';
import { Stage } from '../live/stage.ts';
import { build, Flowloom } from './harness/flowloom.ts';

const reason = await missing('root', 'ip', 'ss', 'ethtool');
const lacks = new Map(
  await Promise.all(scenarios.map(async ({ name, needs }) => [name, await missing(...needs)] as const)),
);
const played = scenarios.filter(({ name }) => !lacks.get(name));
/** What came last is still on its way through the ring and the services. */
const SETTLE_MS = 1500;

describe.skipIf(reason)(titled('flowloom run beside real servers and real clients', reason), () => {
  const made = new Map<string, readonly ExpectedRequest[]>();
  let stage: Stage;
  let folder: string;
  let outputs: ReadonlyMap<string, string>;
  let said: string;

  beforeAll(async () => {
    build();
    folder = mkdtempSync(join(tmpdir(), 'flowloom-live-'));
    stage = new Stage();
    await Promise.all(played.map((scenario) => scenario.serve(stage)));
    const port = 9464;
    const flags = ['run', '--no-ebpf', '--interface', stage.interface, '--out', folder];
    const env = { FLOWLOOM_HTTP_HOST: '127.0.0.1', FLOWLOOM_HTTP_PORT: String(port) };
    const flowloom = new Flowloom(flags, { env, by: stage.on('client') });
    await stage.run([
      'curl',
      '-sS',
      '--retry',
      '100',
      '--retry-delay',
      '1',
      '--retry-all-errors',
      '-f',
      '-o',
      '/dev/null',
      `http://127.0.0.1:${port}/readyz`,
    ]);
    for (const scenario of played) made.set(scenario.name, await scenario.drive(stage));
    await stage.settled();
    await sleep(SETTLE_MS);
    const code = await flowloom.end('SIGTERM');
    said = flowloom.stdout + flowloom.stderr;
    if (code !== 0) throw new Error(`exit code ${code}: ${said}`);
    outputs = readOutputs(folder);
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
