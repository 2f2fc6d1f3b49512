// Two packet threads beside one: from a capture to rows, requests counted. The capture is split by flow hash, as PACKET_FANOUT splits
// live packets: each thread has a file of its own. Expected: at least 1.7 times as fast on two free cores. (A file that is not
// split has to be read by both: bench/packets-to-flow-logs.ts, `--threads 2`.)
// Usage: node bench/packet-threads.ts [SECONDS OF CAPTURE, 80]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { compare } from './lib/compare.ts';
import { countPackets } from './lib/count-packets.ts';
import { dataDir } from './lib/data.ts';
import { referenceCapture } from './lib/reference-capture.ts';
import { splitByFlow } from './lib/split-capture.ts';

/** Long enough that starting and compiling, which two threads do twice, are a small part. */
const SECONDS = 80;
const file = await referenceCapture(Number(process.argv[2] ?? SECONDS));
const packets = countPackets(file);
/** One file, as the product is: threads that load hundreds of sources each would be measured loading them. */
const script = join(dataDir(), 'packet-threads.mjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('lib/packet-threads.ts', import.meta.url))],
  outfile: script,
  bundle: true,
  format: 'esm',
  platform: 'node',
  external: ['koffi', 'cap'],
});
const contender = (name: string, files: string[]) => ({ name, command: [process.execPath, script, ...files] });

compare({
  name: 'packet-threads',
  title: 'Capture to rows: two packet threads, each with half of the flows',
  input: `${packets.toLocaleString('en')} packets`,
  unit: 'packets',
  units: packets,
  contenders: [contender('two packet threads', await splitByFlow(file, 2)), contender('one packet thread', [file])],
});
