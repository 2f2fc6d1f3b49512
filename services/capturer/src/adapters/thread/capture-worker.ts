import { parentPort, workerData } from 'node:worker_threads';
import { CaptureSession, type SessionOutput } from '../../core/capture-session.ts';
import { SourceError } from '../../core/packet-source.ts';
import { type SyscallOutput, SyscallSession } from '../../core/syscalls/syscall-session.ts';
import { EbpfSource } from '../ebpf/ebpf-source.ts';
import { packetSource } from '../packet-sources.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { ThreadPriority } from './thread-priority.ts';

// Entry of a capture thread: one source and one session.

const data = workerData as ThreadData;
const { maxUnreadBytes, nice, shortNice } = data;
const port = parentPort!;
let unreadBytes = 0;
let droppedRows = 0;

const post = (message: FromThread, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);

function setShare(share: number, isShort: boolean, isLoopbackLeft?: boolean): void {
  priority.setShare(share, isShort);
  session?.setShare(share, isLoopbackLeft);
}

/** Records become the main thread's: their memory is handed over, not copied. */
function output({ records, counters }: SessionOutput | SyscallOutput): void {
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

const failed = ({ message }: Error) => {
  post({ type: 'failed', message });
};

function openSession(): CaptureSession | SyscallSession {
  if (data.work === 'packets') return new CaptureSession(packetSource(data.source), data.session, output, failed);
  return new SyscallSession(new EbpfSource(data.source), data.session, output, failed);
}

port.on('message', (message: ToThread) => {
  if (message.type === 'read') unreadBytes -= message.bytes;
  else if (message.type === 'share') setShare(message.share, message.isShort, message.isLoopbackLeft);
  else {
    void Promise.resolve(session?.stop()).then(() => {
      post({ type: 'stopped' });
      port.close();
    });
  }
});

let session: CaptureSession | SyscallSession | undefined;
// Before the load that it watches: a ring that waits for its reader overflows.
const priority = new ThreadPriority(nice, shortNice);
try {
  session = openSession();
  await session.start();
  post({ type: 'started' });
} catch (error) {
  if (!(error instanceof SourceError)) throw error;
  post({ type: 'refused', message: error.message, reason: error.reason });
  port.close();
}
