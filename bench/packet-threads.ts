// A capture file shared out by flow over two packet threads, beside one, with two cores: file to rows, requests counted.
// Expected: at least 1.7 times as fast. Both threads read and decode the whole file, and each keeps its half of the flows.
// Usage: node bench/packet-threads.ts [SECONDS OF CAPTURE]
import { fileURLToPath } from 'node:url';
import { compare } from './lib/compare.ts';
import { countPackets } from './lib/count-packets.ts';
import { referenceCapture } from './lib/reference-capture.ts';

const file = await referenceCapture(Number(process.argv[2] ?? 16));
const packets = countPackets(file);
const script = fileURLToPath(new URL('lib/packet-threads.ts', import.meta.url));
const contender = (threads: number) => ({
  name: threads === 1 ? 'one packet thread' : `${threads} packet threads`,
  command: [process.execPath, script, String(threads), file],
});

compare({
  name: 'packet-threads',
  title: 'Capture file to rows: two packet threads',
  input: `${packets.toLocaleString('en')} packets`,
  unit: 'packets',
  units: packets,
  contenders: [contender(2), contender(1)],
});
