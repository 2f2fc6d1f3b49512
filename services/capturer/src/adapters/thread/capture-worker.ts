import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CaptureSession, type SessionOutput } from '../../core/capture-session.ts';
import { SourceError } from '../../core/packet-source.ts';
import { packetSource } from '../packet-sources.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

// Entry of a capture thread: one source and one session.

const { source, session: options, maxUnreadBytes, nice } = workerData as ThreadData;
const port = parentPort!;
let unreadBytes = 0;
let droppedRows = 0;

const post = (message: FromThread, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);

/** Before the load that it watches: a ring that waits for its reader overflows. Linux takes 0 as the calling thread. */
function takePriority(): void {
  try {
    os.setPriority(0, nice);
  } catch {
    // Not allowed without CAP_SYS_NICE: then losses are likelier, and counted.
  }
}

/** Records become the main thread's: their memory is handed over, not copied. */
function output({ records, counters }: SessionOutput): void {
  const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
  if (unreadBytes + bytes > maxUnreadBytes) {
    for (const { rows } of records) droppedRows += rows;
    post({ type: 'output', records: [], counters, droppedRows });
    return;
  }
  unreadBytes += bytes;
  const memory = new Set(records.map(({ value }) => value.buffer as ArrayBuffer));
  post({ type: 'output', records, counters, droppedRows }, [...memory]);
}

const session = new CaptureSession(packetSource(source), options, output, ({ message }) => {
  post({ type: 'failed', message });
});

port.on('message', (message: ToThread) => {
  if (message.type === 'read') unreadBytes -= message.bytes;
  else {
    session.stop();
    post({ type: 'stopped' });
    port.close();
  }
});

takePriority();
try {
  session.start();
  post({ type: 'started' });
} catch (error) {
  if (!(error instanceof SourceError)) throw error;
  post({ type: 'refused', message: error.message, reason: error.reason });
  port.close();
}
