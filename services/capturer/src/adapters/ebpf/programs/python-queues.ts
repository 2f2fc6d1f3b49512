import { pythonMethods } from '../elf/python-methods.ts';
import type { BpfObject } from '../libbpf.ts';
import { isPython } from '../runtimes/python.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import { LimitedProbes } from './limited-probes.ts';
import { isListening } from './listeners.ts';
import type { RunningProgram } from './running-program.ts';

/** Where it is not a part of the interpreter. */
const isQueueModule = /\/_queue\.[^/]*\.so$/;

/** Methods of the queue of thread pools. */
const simpleQueue: Readonly<Record<string, Probe>> = {
  'SimpleQueue.put': { begin: 'python_puts' },
  'SimpleQueue.put_nowait': { begin: 'python_puts' },
  'SimpleQueue.get': { end: 'python_gets' },
  'SimpleQueue.get_nowait': { end: 'python_gets' },
};
/** Of what `queue.Queue` and `asyncio.Queue` keep their objects in. Taking out comes first: of what was put in unseen nothing is told. */
const deque: Readonly<Record<string, Probe>> = {
  'deque.pop': { begin: 'python_pops', cookie: 0 },
  'deque.popleft': { begin: 'python_pops', cookie: 1 },
  'deque.append': { begin: 'python_appends' },
  'deque.appendleft': { begin: 'python_appends' },
};
/** An event loop keeps its callbacks in one, too: some forty for a request. Beyond that they would cost a tenth of a processor. */
const MOST_A_SECOND = 100_000;

/** Has programs in Python tell what their threads and tasks put into queues and take out. */
export class PythonQueues {
  readonly #pools: FileProbes;
  readonly #deques: LimitedProbes;
  /** Interpreters of processes. */
  readonly #files = new Map<number, RunningProgram['exe']>();
  readonly #asked = new Set<number>();
  /** Processes that were found to serve others, or were asked anyhow. */
  readonly #serving = new Set<number>();

  constructor(object: BpfObject) {
    this.#pools = new FileProbes(object, simpleQueue, (elf, names) => pythonMethods(elf, names, 'put_nowait'));
    const deques = new FileProbes(object, deque, (elf, names) => pythonMethods(elf, names, 'extendleft'));
    this.#deques = new LimitedProbes(object, deques, MOST_A_SECOND);
  }

  /** Files out of which probes were taken. */
  get busy(): number {
    return this.#deques.busy;
  }

  /** The process runs it; libraries may be loaded at any time. */
  fit(pid: number, files: readonly RunningProgram['exe'][]): void {
    for (const file of files) if (isQueueModule.test(file.name) || isPython.test(file.name)) this.#pools.use(pid, file);
    const file = files.find(({ name }) => isPython.test(name));
    if (file === undefined) return;
    this.#files.set(pid, file);
    // Who is asked something by and by tells from the first request on.
    if (!this.#serving.has(pid) && isListening(pid)) this.ask(pid, true);
    else this.#watch(pid);
  }

  /** Whether it is to tell of those that its own queues are made of. */
  ask(pid: number, isAsked: boolean): void {
    this.#serving.add(pid);
    if (isAsked) this.#asked.add(pid);
    else if (this.#asked.delete(pid)) this.#deques.ended(pid);
    this.#watch(pid);
  }

  #watch(pid: number): void {
    const file = this.#files.get(pid);
    if (file !== undefined && this.#asked.has(pid) && !this.#deques.has(pid)) this.#deques.use(pid, file);
  }

  /** Once a second. */
  check(nowMs: number): void {
    this.#deques.check(nowMs);
  }

  tick(nowMs: number): void {
    this.#pools.tick(nowMs);
    this.#deques.tick(nowMs);
  }

  ended(pid: number): void {
    this.#pools.ended(pid);
    this.#deques.ended(pid);
    this.#files.delete(pid);
    this.#asked.delete(pid);
    this.#serving.delete(pid);
  }
}
