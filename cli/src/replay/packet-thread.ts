import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, moveBatch } from '@flowloom/records';
import { type PacketJob, readPackets } from './packet-reader.ts';
import type { FromPacketThread, ToPacketThread } from './thread-messages.ts';

// Entry of a packet thread: reads the captures and posts the rows of its share of the flows.

/** Batches that may be on their way to the main thread when reading goes on. */
const maxUnread = 128;

const port = parentPort!;
let tick = 0;
let unread = 0;
let read: (() => void) | undefined;

const post = (message: FromPacketThread, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);

function send(record: 'flows' | 'requests', batch: Batch): void {
  const [moved, memory] = moveBatch(batch);
  unread++;
  post({ type: 'rows', tick, record, batch: moved }, memory);
}

async function pause(): Promise<void> {
  post({ type: 'reached', tick });
  await nextTurn(); // messages are taken in
  while (unread > maxUnread) await new Promise<void>((resolve) => (read = resolve));
}

port.on('message', ({ batches }: ToPacketThread) => {
  unread -= batches;
  read?.();
});

const sinks = {
  flows: (batch: Batch) => send('flows', batch),
  requests: (batch: Batch) => send('requests', batch),
  onTick: () => {
    tick++;
  },
};
post({ type: 'end', files: await readPackets(workerData as PacketJob, sinks as never, pause) });
port.close();
