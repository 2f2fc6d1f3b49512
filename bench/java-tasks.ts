// What it costs a JVM that is told of: the CPU time of a request in a service that hands its calls to a pool's threads (the laboratory's
// "Java pool"), when nobody looks, and when its system calls, objects and tasks are told: probes, walks, and what they copy; not who reads
// that. Turn by turn, the same JVM, warm.
// Usage, as root: node bench/java-tasks.ts [ROUNDS] [REQUESTS]
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { EbpfSource } from '../services/capturer/src/adapters/ebpf/ebpf-source.ts';
import { everything } from '../services/capturer/src/adapters/ebpf/settings.ts';
import { SyscallKind } from '../services/capturer/src/core/syscalls/syscall-event.ts';
import { Lab } from '../test/laboratory/lib/lab.ts';
import { load } from '../test/laboratory/lib/load.ts';
import { enterOwnCgroup } from '../test/laboratory/lib/own-cgroup.ts';
import { enterOwnNetwork } from '../test/laboratory/lib/own-network.ts';
import { scenarios } from '../test/laboratory/scenarios/index.ts';
import { report } from './lib/compare.ts';
import { processCpu, treeOf } from './lib/process-cpu.ts';
import { median } from './lib/timed.ts';

enterOwnNetwork();
const [rounds, requests] = [Number(process.argv[2] ?? 8), Number(process.argv[3] ?? 600)];
const atOnce = 8;
/** Begun anew: requests of which nothing is counted until a JVM's classes are known, and its code is compiled. */
const warmUp = { cold: 4000, round: 150 };

const group = enterOwnCgroup();
const scenario = scenarios.find(({ name }) => name === 'Java pool')!;

/** Looks at what runs in the group, until it is told to stop. */
function watch(): { walks: () => number; close: () => Promise<void> } {
  let walks = 0;
  const source = new EbpfSource({ ...everything, ownPid: 0, cgroups: [group], ringBytes: 1 << 26 });
  source.open({
    event: ({ kind }) => {
      if (kind === SyscallKind.reach) walks++;
    },
    ownConnection: () => {},
    failed: (error) => {
      throw error;
    },
  });
  return { walks: () => walks, close: () => source.close() };
}

const lab = new Lab();
try {
  const url = await scenario.start(lab);
  await load(url, { requests: warmUp.cold, atOnce });
  const isJava = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'java';
  const java = treeOf(process.pid).filter(isJava);
  const ways = [
    { name: 'nobody', us: [] as number[], walks: 0 },
    { name: 'system calls, objects and tasks', us: [] as number[], walks: 0, watch },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const watching = way.watch?.();
      if (watching) await sleep(1500); // probes come to a process within a second
      await load(url, { requests: warmUp.round, atOnce });
      const [before, walksBefore] = [processCpu(java), watching?.walks() ?? 0];
      await load(url, { requests, atOnce });
      way.us.push(((processCpu(java) - before) * 1e6) / requests);
      await sleep(200); // what is told is read
      way.walks += (watching?.walks() ?? 0) - walksBefore;
      await watching?.close();
    }
  }
  if (ways[1].walks === 0) throw new Error('nothing was told of tasks');
  const alone = median(ways[0].us);
  report({
    name: 'java-tasks',
    title: 'What it costs a JVM to be told of',
    input: `${requests} requests, ${atOnce} at once, of four calls each, two by threads of a pool; CPU time of the JVM`,
    unit: 'requests',
    runs: rounds,
    cpu: cpus()[0].model,
    cores: cpus().length,
    rows: ways.map(({ name, us, walks }) => ({
      name,
      perSecond: Math.round(1e6 / median(us)),
      cpuUs: Math.round(median(us)),
      walks: Number((walks / (rounds * requests)).toFixed(1)),
      ratio: Number((median(us) / alone).toFixed(2)),
    })),
  });
} finally {
  await lab.stop();
}
