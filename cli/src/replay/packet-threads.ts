import { Worker } from 'node:worker_threads';
import { rawFlow, rawRequest, receiveBatch } from '@flowloom/records';
import type { FileRead, PacketJob, PacketSinks } from './packet-reader.ts';
import type { FromPacketThread, ToPacketThread } from './thread-messages.ts';

/** Beside this file in the sources, beside the bundle after the build. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './packet-thread.ts' : './packet-thread.js', import.meta.url);

type Rows = Extract<FromPacketThread, { type: 'rows' }>;

/** One packet thread as the main thread knows it. */
interface Lane {
  readonly worker: Worker;
  readonly waiting: Rows[];
  /** Seconds of the capture before this one are complete. */
  reached: number;
  files: readonly FileRead[] | undefined;
}

/**
 * Does what `readPackets` does in threads of their own: each reads all packets, and keeps a share of the flows. Rows are handed out
 * second by second of the capture, those of the first thread first: in the same order every time.
 *
 * @param settle called now and then, while no batch is in use
 */
export async function readPacketsInThreads(
  job: PacketJob,
  threads: number,
  sinks: PacketSinks,
  settle: () => Promise<void>,
): Promise<readonly FileRead[]> {
  let wake = () => {};
  let failure: unknown;
  const lanes = Array.from({ length: threads }, (_, index): Lane => {
    const workerData: PacketJob = { ...job, share: { index, count: threads } };
    const worker = new Worker(entry, { workerData, name: `packets ${index}` });
    const lane: Lane = { worker, waiting: [], reached: 0, files: undefined };
    worker.on('message', (message: FromPacketThread) => {
      receive(lane, message);
      wake();
    });
    worker.on('error', (error) => {
      failure = error;
      wake();
    });
    return lane;
  });
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const lane = nextLane(lanes);
      if (lane !== undefined) {
        handOut(lane, sinks);
        await settle();
      } else if (lanes.every(({ files }) => files !== undefined)) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    await Promise.all(lanes.map(({ worker }) => worker.terminate()));
  }
  return lanes[0].files!;
}

function receive(lane: Lane, message: FromPacketThread): void {
  switch (message.type) {
    case 'rows':
      lane.waiting.push(message);
      lane.reached = message.tick;
      break;
    case 'reached':
      lane.reached = message.tick;
      break;
    case 'end':
      lane.reached = Number.POSITIVE_INFINITY;
      lane.files = message.files;
  }
}

/** The lane whose rows come next; undefined while that cannot be told, or there are none. */
function nextLane(lanes: readonly Lane[]): Lane | undefined {
  let next: Lane | undefined;
  for (const lane of lanes) {
    // Of equal seconds the first lane's rows come first: a later one waits until that second is complete before it.
    const { waiting, reached } = lane;
    const tick = waiting.length > 0 ? waiting[0].tick : reached;
    if (next === undefined || tick < tickOf(next)) next = lane;
  }
  return next !== undefined && next.waiting.length > 0 ? next : undefined;
}

function tickOf({ waiting, reached }: Lane): number {
  return waiting.length > 0 ? waiting[0].tick : reached;
}

/** Hands out the rows of the lane's next second, as far as they are here. */
function handOut(lane: Lane, sinks: PacketSinks): void {
  const { tick } = lane.waiting[0];
  let batches = 0;
  while (lane.waiting.length > 0 && lane.waiting[0].tick === tick) {
    const { record, batch } = lane.waiting.shift()!;
    if (record === 'flows') sinks.flows(receiveBatch(rawFlow, batch));
    else sinks.requests(receiveBatch(rawRequest, batch), 0);
    batches++;
  }
  lane.worker.postMessage({ batches } satisfies ToPacketThread);
}
