import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { defaultTimes, Windows } from '../../services/capturer/src/core/budget/windows.ts';
import { runScenario } from './lib/laboratory.ts';
import { readRecording, takeDown, withoutProbes, writeRecording } from './lib/recording.ts';
import { replay } from './lib/replay.ts';
import { score } from './lib/score.ts';
import { table } from './lib/table.ts';
import { Truth } from './lib/truth.ts';
import { scenarios } from './scenarios/index.ts';

const usage = `node test/laboratory/recordings.ts --in FOLDER [--record] [--only TEXT] [--at-once 1,8,64] [--requests N]
                                    [--windows MS:SHARE] [--no-probes] [--examples]

Leads recorded system calls of scenarios through the capturer's rules of causes: the same every time, in a second each.
  --record     run the scenarios, in a cgroup of their own, and write their system calls into FOLDER first: root
  --only TEXT  scenarios whose name fits (a regular expression)
  --windows    see requests for that share of the time, in a window of each period of so many ms, as a capturer short of CPU does
  --no-probes  leave out what probes in programs tell, as where these are not allowed
  --examples   print some of the wrong and missing edges`;

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    record: { type: 'boolean' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '1,8,64' },
    requests: { type: 'string', default: '400' },
    windows: { type: 'string', default: '' },
    'no-probes': { type: 'boolean' },
    examples: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help || values.in === undefined) console.log(usage);
else await main(values.in);

/** As a capturer's, but in so short a recording more often. */
function windowsOf(text: string): Windows {
  const [periodMs, share] = text.split(':').map(Number);
  if (!periodMs) return new Windows();
  const windows = new Windows({ ...defaultTimes, periodUs: 1000 * periodMs });
  windows.setShare(share, 0);
  return windows;
}

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const atOnce = values['at-once'].split(',').map(Number);
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => new RegExp(values.only).test(name))) {
    const file = join(folder, `${scenario.name.replace(/\W+/g, '-')}.events`);
    if (values.record) {
      const capture = takeDown();
      await sleep(300);
      const { truth, roots } = await runScenario(scenario, atOnce, Number(values.requests));
      await sleep(300);
      writeRecording(file, { events: await capture.stop(), causes: truth.causes, roots });
    }
    if (!existsSync(file)) continue;
    const recording = readRecording(file);
    const truth = new Truth(new Map(), recording.causes);
    const seen = values['no-probes'] ? withoutProbes(recording) : recording;
    const exchanges = replay(seen, windowsOf(values.windows), !values['no-probes']);
    for (const [n, ids] of recording.roots) {
      if (atOnce.includes(n)) results.push({ scenario, atOnce: n, score: score(truth, exchanges, ids) });
    }
  }
  console.log(table(results));
  if (values.examples)
    for (const { scenario, atOnce: n, score: one } of results) console.log(scenario.name, n, one.examples);
}
