/**
 * Long run over mutated captures, protocol by protocol:
 *
 *     node --expose-gc libs/l7/src/testing/fuzz-captures.ts FOLDER [inputs] [seed] [protocol...]
 *
 * FOLDER has one folder of captures per protocol; 1,000,000 inputs each by default. A protocol without captures, or with none
 * over its transport, starts from those of others. Prints one line per protocol: inputs per second, the slowest input, the most bytes held, and how much
 * the heap grew. Exit 1 where a parser threw, took 50 ms or more for one input, or still held bytes at the end.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Protocol } from '../protocol.ts';
import { protocols } from '../registry.ts';
import { recordedTalks } from './capture-turns.ts';
import { fuzzProtocol } from './fuzz.ts';
import type { Turn } from './recorder.ts';

const MAX_SEEDS = 400;
const MAX_TURNS = 12;
const MAX_TURN_BYTES = 1500;
const LIMIT_MS = 50;
/** Folders whose name is not the protocol's. */
const folders: Record<string, string> = { http: 'http1', icmp6: 'icmp' };

const [folder, inputs = '1000000', seed = '1', ...only] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node --expose-gc fuzz-captures.ts FOLDER [inputs] [seed] [protocol...]');
  process.exit(2);
}

function capturesIn(name: string): string[] {
  const files = readdirSync(join(folder, name)).filter((file) => /\.(pcap|pcapng|cap)$/.test(file));
  return files.map((file) => join(folder, name, file));
}

const names = new Set(readdirSync(folder));

/** The starts of conversations; what is long is cut, as throughput is what finds things. */
function seedsOf(protocol: Protocol): Turn[][] {
  const own = folders[protocol.name] ?? protocol.name;
  const files = names.has(own) ? capturesIn(own) : [...names].flatMap((name) => capturesIn(name).slice(0, 4));
  const all = files.flatMap(recordedTalks);
  const fitting = all.filter((talk) => protocol.transports.includes(talk.transport));
  const turns = (fitting.length > 0 ? fitting : all).map((talk) =>
    talk.turns.slice(0, MAX_TURNS).map((turn) => ({ ...turn, bytes: turn.bytes.slice(0, MAX_TURN_BYTES) })),
  );
  return turns.slice(0, MAX_SEEDS);
}

/** What zlib has inflated is given back when the event loop turns. */
async function heap(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

console.log('protocol             seeds     inputs   inputs/s  slowest ms  most held  heap growth KiB  requests');
for (const protocol of protocols) {
  const label = `${protocol.name}/${protocol.transports[0]}`;
  if (only.length > 0 && !only.includes(protocol.name) && !only.includes(label)) continue;
  const seeds = seedsOf(protocol);
  fuzzProtocol(protocol, seeds, 500, Number(seed) + 1); // what the first inputs compile is not growth
  const before = await heap();
  const started = performance.now();
  try {
    const report = fuzzProtocol(protocol, seeds, Number(inputs), Number(seed));
    const perSecond = Math.round((1000 * report.inputs) / (performance.now() - started));
    const row = [
      label.padEnd(20),
      String(seeds.length).padStart(5),
      String(report.inputs).padStart(10),
      String(perSecond).padStart(10),
      report.slowestMs.toFixed(1).padStart(11),
      String(report.mostHeldBytes).padStart(10),
      String(Math.round(((await heap()) - before) / 1024)).padStart(16),
      String(report.requests).padStart(9),
    ];
    const wrong = report.slowestMs >= LIMIT_MS || report.heldAtEnd !== 0;
    console.log(row.join(' ') + (wrong ? `  WRONG: ${report.heldAtEnd} bytes held at the end` : ''));
    if (wrong) process.exitCode = 1;
  } catch (error) {
    console.log(`${label.padEnd(20)} WRONG: ${(error as Error).message}\n${((error as Error).cause as Error)?.stack}`);
    process.exitCode = 1;
  }
}
