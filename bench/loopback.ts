// What counting packets on loopback costs the programs that talk there: one thread asks and answers itself over TCP, and its own
// CPU time is taken, with and without somebody who counts; the kernel's part, not that of who reads. Turn by turn: the
// median of the differences, and the difference of the least.
// Expected: the eBPF program at loopback's ingress costs three fifths of a packet socket of loopback (no socket, no block, no second look
// at the packet), less than half where it counts, and a third of one of all interfaces (which clones what goes out, and runs its filter for each packet twice).
// Usage, as root: node bench/loopback.ts [ROUNDS]
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { FrameRing } from '../services/capturer/src/adapters/af-packet/frame-ring.ts';
import { Ring } from '../services/capturer/src/adapters/af-packet/ring.ts';
import { LoopbackRing } from '../services/capturer/src/adapters/ebpf/loopback-ring.ts';
import { loadLibc } from '../services/capturer/src/adapters/libc.ts';
import { networkInterfaces } from '../services/capturer/src/adapters/network-interfaces.ts';
import { report } from './lib/compare.ts';
import { TalkToSelf } from './lib/talk-to-self.ts';
import { median } from './lib/timed.ts';

const rounds = Number(process.argv[2] ?? 60);
const exchanges = 1000;
const packetsPerExchange = 2;
const ringBytes = 1 << 24;
const everything = { snaplen: 65_535, own: [] };
const counted = { snaplen: 256, own: [], mayCount: true };

const libc = loadLibc();
const loopback = networkInterfaces().find(({ name }) => name === 'lo')!.index;

function packetSocket(interfaceIndex: number): FrameRing {
  const ring = new Ring(libc, {
    blockBytes: 1 << 20,
    blocks: ringBytes >> 20,
    blockTimeoutMs: 50,
    hardwareTimestamps: false,
  });
  ring.setFilter({ ...everything, loopback });
  if (interfaceIndex === loopback) ring.ignoreOutgoing();
  ring.start(interfaceIndex);
  return ring;
}

const counters: { readonly name: string; open?(): FrameRing; readonly ns: number[] }[] = [
  { name: 'nobody', ns: [] },
  { name: 'eBPF at ingress', open: () => new LoopbackRing(libc, loopback, ringBytes, everything), ns: [] },
  { name: 'eBPF that counts', open: () => new LoopbackRing(libc, loopback, ringBytes, counted), ns: [] },
  { name: 'a packet socket of loopback', open: () => packetSocket(loopback), ns: [] },
  { name: 'a packet socket of all interfaces', open: () => packetSocket(0), ns: [] },
];

const talk = new TalkToSelf(createRequire(import.meta.url)('koffi'));
const sink = { frame() {}, run() {}, settle() {}, interfaces() {}, failed() {} };
for (let round = 0; round < rounds; round++) {
  for (const counter of counters) {
    const ring = counter.open?.();
    talk.cpuNs(exchanges / 5);
    counter.ns.push(talk.cpuNs(exchanges) / exchanges);
    ring?.stop();
    ring?.read(sink, Number.POSITIVE_INFINITY);
    ring?.readStatistics();
    if (ring && ring.received < exchanges * packetsPerExchange) throw new Error(`${counter.name} does not count`);
    ring?.close();
  }
}
talk.close();

const [nobody, ...others] = counters;
const more = (ns: readonly number[]) => median(ns.map((each, round) => each - nobody.ns[round]));
const least = (ns: readonly number[]) => Math.min(...ns);
report({
  name: 'loopback',
  title: 'Packets of loopback counted: packets per second of CPU of who sends and receives them',
  input: `${exchanges} requests of 46 bytes and answers of 160 over one TCP connection, ${Math.round(least(nobody.ns))} ns each without anybody who counts`,
  unit: 'packets',
  runs: rounds,
  cpu: cpus()[0].model,
  cores: cpus().length,
  rows: others.map(({ name, ns }) => ({
    name,
    perSecond: Math.round((packetsPerExchange / more(ns)) * 1e9),
    nsMorePerExchange: Math.round(more(ns)),
    leastNsMorePerExchange: Math.round(least(ns) - least(nobody.ns)),
    ratio: Number((more(ns) / more(others[0].ns)).toFixed(2)),
  })),
});
