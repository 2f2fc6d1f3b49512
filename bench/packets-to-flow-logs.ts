// Capture file to finished flow logs on disk, beside the flow meters of Debian. Flow logs have every field, with what the
// parsers count of requests; request logs and traces, which no rival writes, are off. Expected: at least 1.5 times nfpcapd, which
// like Flowloom keeps TCP flags and counters per flow; the others write less (softflowd, argus) or look deeper (ndpiReader).
// Also with two packet threads, each with half of the flows: expected to be 1.7 times as fast.
// Usage: node bench/packets-to-flow-logs.ts [VARIANT] [SECONDS OF CAPTURE]
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './lib/compare.ts';
import { countPackets } from './lib/count-packets.ts';
import { dataDir } from './lib/data.ts';
import { variantCapture } from './lib/variants.ts';

const variant = process.argv[2] ?? 'plain';
const file = await variantCapture(variant, process.argv[3] === undefined ? undefined : Number(process.argv[3]));
const packets = countPackets(file);
const out = join(dataDir(), 'out');
const empty = () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
};
/** The command itself, as the rivals are started: npx alone takes 0.4 s. */
const flowloom = fileURLToPath(new URL('../cli/bin/flowloom.js', import.meta.url));
const replay = (name: string, ...options: string[]) => ({
  name,
  command: [process.execPath, flowloom, 'replay', file, '--out', out, '--no-requests', ...options],
  prepare: empty,
});

compare({
  name: `packets-to-flow-logs-${variant}`,
  title: `Capture file to flow logs: ${variant}`,
  input: `${packets.toLocaleString('en')} packets`,
  unit: 'packets',
  units: packets,
  contenders: [
    replay('flowloom replay'),
    replay('flowloom replay, one packet thread', '--threads', '1'),
    replay('flowloom replay, two packet threads', '--threads', '2'),
    { name: 'nfpcapd', command: ['nfpcapd', '-r', file, '-l', out], prepare: empty },
    { name: 'softflowd', command: ['softflowd', '-d', '-r', file, '-n', '127.0.0.1:9995'] },
    { name: 'argus', command: ['argus', '-r', file, '-w', join(out, 'argus')], prepare: empty },
    { name: 'ndpiReader', command: ['ndpiReader', '-q', '-i', file] },
  ],
});
empty();
