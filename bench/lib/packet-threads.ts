// One packet thread for each file: from capture to rows, requests counted. Usage: node bench/lib/packet-threads.ts FILE...
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { PacketPipeline } from '@flowloom/capturer';
import { feed } from './feed.ts';

if (isMainThread) {
  for (const path of process.argv.slice(2)) new Worker(fileURLToPath(import.meta.url), { workerData: path });
} else
  await feed(new PacketPipeline({ flows: () => {}, requests: null, l7: { details: false } }), workerData as string);
