import { readFileSync } from 'node:fs';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { takeLongSlices } from './time-slices.ts';

/** As the kernel says; undefined where it has no slices of threads. */
function sliceNs(thread: string): number | undefined {
  try {
    const text = readFileSync(`/proc/self/task/${thread}/sched`, 'utf8');
    return Number(/^se\.slice\s*:\s*(\d+)/m.exec(text)?.[1]) || undefined;
  } catch {
    return undefined; // not built with CONFIG_SCHED_DEBUG
  }
}

it.skipIf(sliceNs(String(process.pid)) === undefined)(
  'slices are long in all threads and those that they start, at the priority that was',
  async () => {
    const nice = os.getPriority(0);
    expect(takeLongSlices()).toBeGreaterThan(1);
    expect(os.getPriority(0)).toBe(nice);
    expect(sliceNs(String(process.pid))).toBe(20_000_000);
    const script = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => {});
      parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self').split('/').pop());`;
    const worker = new Worker(script, { eval: true });
    const thread = await new Promise<string>((resolve) => worker.once('message', resolve));
    expect(sliceNs(thread)).toBe(20_000_000);
    await worker.terminate();
  },
);
