// Records the scenarios: real servers and clients in network namespaces, captured by tcpdump.
//   node test/live/record.ts [SCENARIO...]
// writes test/fixtures/recordings/<name>.pcap and .json (the requests that were made, by the driver's word).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from '@flowloom/testkit';
import { type Recording, recordings } from './recordings.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { Stage } from './stage.ts';

/** tcpdump has no way to say that all is written but its end; it reads what came until the signal. */
const QUIET_MS = 300;

const wanted = process.argv.slice(2);
mkdirSync(recordings, { recursive: true });
const stage = new Stage();
try {
  for (const scenario of scenarios) {
    if (wanted.length > 0 ? wanted.includes(scenario.name) : !scenario.liveOnly) await record(scenario);
  }
} finally {
  await stage.close();
}

async function record(scenario: Scenario): Promise<void> {
  const reason = await missing('tcpdump', ...scenario.needs);
  if (reason) return console.error(`${scenario.name}: skipped, ${reason}`);
  await scenario.serve(stage);
  const file = join(recordings, `${scenario.name}.pcap`);
  const filter = scenario.ports.map((port) => `port ${port}`).join(' or ');
  const flags = ['-i', stage.interface, '-w', file, '-U', '-s', '0', '--immediate-mode', '-Z', 'root'];
  const [command, ...args] = [...stage.on('client'), 'tcpdump', ...flags, filter];
  const tcpdump = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(tcpdump.stderr, 'data');
  await sleep(QUIET_MS);
  try {
    const requests = await scenario.drive(stage);
    await stage.settled();
    await sleep(QUIET_MS);
    const recording: Recording = {
      about: scenario.about,
      secrets: [...scenario.secrets, ...(scenario.packedSecrets ?? [])],
      requests,
    };
    writeFileSync(join(recordings, `${scenario.name}.json`), `${JSON.stringify(recording, null, 2)}\n`);
    console.log(`${scenario.name}: ${requests.length} requests, ${statSync(file).size} bytes`);
  } finally {
    const ended = once(tcpdump, 'exit');
    tcpdump.kill('SIGINT');
    await ended;
  }
}
