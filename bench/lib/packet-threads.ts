// Packet threads of replay whose rows are only counted: what of replay grows with the number of threads.
// Usage: node bench/lib/packet-threads.ts THREADS FILE
import { readPacketsInThreads } from '../../cli/src/replay/packet-threads.ts';

const [threads, file] = process.argv.slice(2);
let rows = 0;
const count = ({ length }: { length: number }) => {
  rows += length;
};
const options = { snaplen: Number.POSITIVE_INFINITY, decodeAs: new Map(), requests: false };
const job = { paths: [file], agents: ['bench'], options };
await readPacketsInThreads(job, Number(threads), { flows: count, requests: count }, async () => {});
if (rows === 0) throw new Error('no rows');
