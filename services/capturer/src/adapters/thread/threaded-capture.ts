import { Worker } from 'node:worker_threads';
import type { Capture, CaptureEvents } from '../../core/capture.ts';
import { SourceError } from '../../core/packet-source.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** Beside this file in the sources, beside the bundle after the build. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './capture-worker.ts' : './capture-worker.js', import.meta.url);
const stopTimeoutMs = 5000;
/** V8 takes up to 192 MB for what is new on the heap, of which a capture has little. */
const resourceLimits = { maxYoungGenerationSizeMb: 24 };

interface Lane {
  readonly worker: Worker;
  readonly started: PromiseWithResolvers<void>;
  readonly stopped: PromiseWithResolvers<void>;
}

/** A capture in threads of its own, one per lane; the main thread only publishes. */
export class ThreadedCapture<Counters> implements Capture {
  readonly #lanes: readonly ThreadData[];
  readonly #events: CaptureEvents<Counters>;
  #running: Lane[] = [];

  constructor(lanes: readonly ThreadData[], events: CaptureEvents<Counters>) {
    this.#lanes = lanes;
    this.#events = events;
  }

  async start(): Promise<void> {
    this.#running = this.#lanes.map((data, lane) => this.#run(data, lane));
    try {
      await Promise.all(this.#running.map(({ started }) => started.promise));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  #run(workerData: ThreadData, number: number): Lane {
    const worker = new Worker(entry, { workerData, resourceLimits, name: `${workerData.work} ${number}` });
    const lane: Lane = { worker, started: Promise.withResolvers(), stopped: Promise.withResolvers() };
    worker.on('message', (message: FromThread<Counters>) => this.#receive(message, number, lane));
    worker.on('error', (error) => {
      lane.started.reject(error);
      this.#events.failed(error);
    });
    worker.on('exit', () => {
      lane.started.resolve(); // asked to end before it had begun
      lane.stopped.resolve();
    });
    return lane;
  }

  #receive(message: FromThread<Counters>, number: number, { worker, started, stopped }: Lane): void {
    switch (message.type) {
      case 'started':
        started.resolve();
        break;
      case 'refused':
        started.reject(new SourceError(message.message, message.reason));
        break;
      case 'failed':
        this.#events.failed(new Error(message.message));
        break;
      case 'stopped':
        stopped.resolve();
        break;
      case 'output': {
        const bytes = message.records.reduce((sum, { value }) => sum + value.length, 0);
        this.#events.output(number, message);
        worker.postMessage({ type: 'read', bytes } satisfies ToThread);
      }
    }
  }

  setShare(share: number, isShort: boolean, isLoopbackLeft?: boolean): void {
    for (const { worker } of this.#running)
      worker.postMessage({ type: 'share', share, isShort, isLoopbackLeft } satisfies ToThread);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = [];
    for (const { worker } of running) worker.postMessage({ type: 'stop' } satisfies ToThread);
    await Promise.all(running.map((lane) => ended(lane)));
  }
}

async function ended({ worker, stopped }: Lane): Promise<void> {
  const timer = setTimeout(() => stopped.resolve(), stopTimeoutMs);
  await stopped.promise;
  clearTimeout(timer);
  await worker.terminate();
}
