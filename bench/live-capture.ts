// CPU per packet of live capture, by the AF_PACKET ring and by libpcap through `cap`, while wrk asks nginx through a veth as
// fast as it can; then from the ring to flow rows on the embedded bus, and under the whole of `flowloom run`.
// Expected: the bare ring costs at most a quarter of cap's CPU per packet (a mapped block of packets costs no call, cap one
// callback and one copy each), and `run` loses no packet in 60 s: its capture thread goes before the load (nice -10), and
// wrk gets fewer answers on a machine of two cores instead.
// Usage, as root: node bench/live-capture.ts [SECONDS]
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { report } from './lib/compare.ts';
import { dataDir } from './lib/data.ts';
import { NginxNetwork, serverInterface } from './lib/nginx-network.ts';
import { peakMb, threadCpu } from './lib/process-cpu.ts';

const seconds = Number(process.argv[2] ?? 60);
const bareSeconds = Math.ceil(seconds / 4);
const connections = 50;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const work = join(dataDir(), 'live');
const network = new NginxNetwork(1000);

interface Observed {
  readonly packets: number;
  readonly cpuS: number;
  readonly requestsPerSecond: number;
  /** Packets that passed the interface and were not captured, by the interface's own counters. */
  readonly missed: number;
  /** What the kernel says that it dropped. */
  readonly droppedByKernel: number | string;
}

/** Packets that passed the server's interface, by its own counters. */
function passed(): number {
  const folder = `/sys/class/net/${serverInterface}/statistics`;
  const counters = network.readOnServer('cat', `${folder}/rx_packets`, `${folder}/tx_packets`);
  return counters
    .trim()
    .split('\n')
    .map(Number)
    .reduce((sum, packets) => sum + packets, 0);
}

async function bare(kind: 'af_packet' | 'libpcap', depth: 'bare' | 'flows' = 'bare'): Promise<Observed> {
  const file = join(work, `${kind}-${depth}.json`);
  const before = passed();
  const child = network.onServer(process.execPath, at('lib/bare-capture.ts'), kind, depth, serverInterface, file);
  await sleep(2000);
  const requestsPerSecond = await network.load({ seconds: bareSeconds, connections, path: 'small' });
  await sleep(500);
  const offered = passed() - before;
  child.kill('SIGINT');
  await once(child, 'close');
  const { packets, cpuS, droppedByKernel } = JSON.parse(readFileSync(file, 'utf8'));
  const known = kind === 'af_packet' ? droppedByKernel : 'not told';
  return { packets, cpuS, requestsPerSecond, missed: Math.max(offered - packets, 0), droppedByKernel: known };
}

interface RunObserved extends Observed {
  /** CPU of the thread that captures, parses and keeps flows. */
  readonly captureCpuS: number;
  readonly rows: number;
  readonly rowsDropped: number;
  readonly peakMb: number;
}

async function underRun(source: 'af_packet' | 'libpcap'): Promise<RunObserved> {
  process.env.FLOWLOOM_CAPTURER_SOURCE = source;
  const command = [at('../dist/main.js'), 'run', '--no-ebpf', '--interface', serverInterface];
  const child = network.onServer(process.execPath, ...command);
  const pid = child.pid!;
  try {
    await serving();
    const before = { passed: passed(), cpu: threadCpu(pid), metrics: metrics() };
    const requestsPerSecond = await network.load({ seconds, connections, path: 'small' });
    const after = await settledMetrics();
    const cpu = threadCpu(pid);
    const grown = (name: string) => sum(after, name) - sum(before.metrics, name);
    const packets = grown('flowloom_capturer_packets_total');
    const spent = (names: (name: string) => boolean) =>
      [...cpu].reduce((total, [name, s]) => (names(name) ? total + s - (before.cpu.get(name) ?? 0) : total), 0);
    return {
      packets,
      cpuS: spent(() => true),
      captureCpuS: spent((name) => (source === 'af_packet' ? name.startsWith('capture') : name === 'MainThread')),
      requestsPerSecond,
      missed: Math.max(passed() - before.passed - packets, 0),
      droppedByKernel: source === 'af_packet' ? grown('flowloom_capturer_packets_lost_total') : 'not told',
      rows: grown('flowloom_capturer_rows_total'),
      rowsDropped: grown('flowloom_capturer_rows_dropped_total'),
      peakMb: peakMb(pid),
    };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

const metrics = () => network.readOnServer('curl', '-s', 'http://localhost:9464/metrics');

async function serving(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      if (metrics().includes('flowloom_capturer_packets_total')) return;
    } catch {
      // It does not listen yet.
    }
    await sleep(200);
  }
  throw new Error('flowloom run does not serve its metrics');
}

/** The metrics once they no longer grow: packets are counted by the second, rows when they are published. */
async function settledMetrics(): Promise<string> {
  const state = (text: string) =>
    sum(text, 'flowloom_capturer_packets_total') + sum(text, 'flowloom_capturer_rows_total');
  let text = metrics();
  for (let before = -1; state(text) !== before; text = metrics()) {
    before = state(text);
    await sleep(2500);
  }
  return text;
}

/** Sum of a metric over its labels, in Prometheus' text format. */
function sum(text: string, name: string): number {
  const samples = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return samples.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

/** What both tables say of each contender. */
function figures(name: string, cpuS: number, first: number, one: Observed) {
  return {
    name,
    perSecond: Math.round(one.packets / cpuS),
    cpuNsPerPacket: Math.round((cpuS / one.packets) * 1e9),
    packets: one.packets,
    missed: one.missed,
    droppedByKernel: one.droppedByKernel,
    requestsPerSecond: Math.round(one.requestsPerSecond),
    ratio: Number((cpuS / one.packets / first).toFixed(2)),
  };
}

try {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const free = Math.round(await network.load({ seconds: bareSeconds, connections, path: 'small' }));
  const machine = { unit: 'packets', runs: 1, cpu: cpus()[0].model, cores: cpus().length };
  const input = `wrk, ${connections} connections, answers of 100 bytes, through a veth; without capture ${free} requests/s`;

  const [ring, cap] = [await bare('af_packet'), await bare('libpcap')];
  const perPacket = ring.cpuS / ring.packets;
  report({
    name: 'live-capture',
    title: 'Live capture: packets per second of CPU, the bare sources',
    input: `${input}; ${bareSeconds} s each`,
    ...machine,
    rows: [figures('AF_PACKET ring', ring.cpuS, perPacket, ring), figures('cap (libpcap)', cap.cpuS, perPacket, cap)],
  });

  const flows = await bare('af_packet', 'flows');
  const perFlowPacket = flows.cpuS / flows.packets;
  report({
    name: 'live-flows-all-in',
    title: 'Live capture to published flow rows: packets per second of CPU',
    input: `${input}; ${bareSeconds} s each. Ring, decode, flow table, rows of each second, embedded bus; against sources that only count`,
    ...machine,
    rows: [
      figures('AF_PACKET ring to embedded bus', flows.cpuS, perFlowPacket, flows),
      figures('cap (libpcap), bare', cap.cpuS, perFlowPacket, cap),
      figures('AF_PACKET ring, bare', ring.cpuS, perFlowPacket, ring),
    ],
  });

  const [ours, theirs] = [await underRun('af_packet'), await underRun('libpcap')];
  const perRunPacket = ours.cpuS / ours.packets;
  const whole = (name: string, one: RunObserved) => ({
    ...figures(name, one.cpuS, perRunPacket, one),
    captureNsPerPacket: Math.round((one.captureCpuS / one.packets) * 1e9),
    rows: one.rows,
    rowsDropped: one.rowsDropped,
    peakMb: one.peakMb,
  });
  report({
    name: 'live-run',
    title: 'flowloom run on a live interface: packets per second of CPU, all services and requests parsed',
    input: `${input}; ${seconds} s each`,
    ...machine,
    rows: [whole('run, AF_PACKET ring', ours), whole('run, cap (libpcap)', theirs)],
  });
} finally {
  network.close();
}
