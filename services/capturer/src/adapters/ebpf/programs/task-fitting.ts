import type { SyscallEvent } from '../../../core/syscalls/syscall-event.ts';
import type { BpfObject } from '../libbpf.ts';
import { findJava, javaTaskPath } from '../runtimes/java.ts';
import { findNode, nodeLayout, runTimers } from '../runtimes/node.ts';
import { ProcessMemory } from '../runtimes/process-memory.ts';
import { findPython, isGevent, isPython, pythonTaskPath } from '../runtimes/python.ts';
import type { TaskPath } from '../runtimes/task-path.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import { JavaLayouts } from './java-layouts.ts';
import type { Fitting } from './program-watcher.ts';
import { PythonQueues } from './python-queues.ts';
import type { RunningProgram } from './running-program.ts';
import { encodeTaskPath, TaskPaths } from './task-paths.ts';

const isNode = /\/(?:node$|libnode\.so)/;

/** V8 moves objects; `node::Environment::RunTimers`, and of `node::http2` two functions of `Http2Stream` and two callbacks of `Http2Session`. */
const node: Readonly<Record<string, Probe>> = {
  _ZN2v88internal4Heap8ScavengeEv: { begin: 'node_collects' },
  _ZN2v88internal4Heap11MarkCompactEv: { begin: 'node_collects' },
  [runTimers]: { begin: 'node_runs_timers' },
  _ZN2v88internal9Execution16TryRunMicrotasksEPNS0_7IsolateEPNS0_14MicrotaskQueueE: { begin: 'node_runs_jobs' },
  _ZN2v88internal9Execution16TryRunMicrotasksEPNS0_7IsolateEPNS0_14MicrotaskQueueEPNS0_11MaybeHandleINS0_6ObjectEEE: {
    begin: 'node_runs_jobs',
  },
  _ZN4node5http211Http2StreamC1EPNS0_12Http2SessionEN2v85LocalINS4_6ObjectEEEi24nghttp2_headers_categoryi: {
    begin: 'node_makes_stream',
  },
  _ZN4node5http211Http2Stream14SubmitResponseERKNS_9NgHeadersINS0_18Http2HeadersTraitsEEEi: {
    begin: 'node_answers_stream',
  },
  _ZN4node5http212Http2Session14OnFrameReceiveEP15nghttp2_sessionPK13nghttp2_framePv: { begin: 'node_takes_frame' },
  _ZN4node5http212Http2Session19OnDataChunkReceivedEP15nghttp2_sessionhiPKhmPv: { begin: 'node_takes_data' },
};

/** How long after a look at a process that acts the next one is, ms: at first, and twice as long each time. */
const FIRST_PAUSE_MS = 100;

/** A process of Node.js of which not all is found, or not for sure. */
interface Incomplete {
  /** Where it seems to make objects; 0: not known. */
  readonly buffer: number;
  /** When it is looked at again if it acts, and how long after that, ms. */
  dueMs: number;
  pauseMs: number;
}

/** Tells the kernel where Java, Python and Node.js keep what a thread runs, and has them tell of tasks that are made and of timers. */
export class TaskFitting implements Fitting {
  readonly #paths: TaskPaths;
  readonly #layouts: JavaLayouts;
  readonly #probes: FileProbes;
  readonly #queues: PythonQueues;
  /** Processes whose tasks are found, and whether these are greenlets. */
  readonly #found = new Map<number, boolean>();
  /** Found later, when they make objects. */
  readonly #incomplete = new Map<number, Incomplete>();

  constructor(object: BpfObject) {
    this.#paths = new TaskPaths(object);
    this.#layouts = new JavaLayouts(object);
    this.#probes = new FileProbes(object, {
      PyContext_CopyCurrent: { end: 'python_makes_task' },
      ...node,
    });
    this.#queues = new PythonQueues(object);
  }

  /** Files out of which probes of queues were taken. */
  get busy(): number {
    return this.#queues.busy;
  }

  fit({ pid, exe, libraries }: RunningProgram): void {
    const files = [...libraries, exe];
    this.#queues.fit(pid, files);
    const hasGreenlets = files.some(({ name }) => isGevent.test(name)); // loaded when the interpreter runs
    if (this.#found.get(pid) === hasGreenlets && !this.#incomplete.has(pid)) return;
    const probed = files.find(({ name }) => isPython.test(name) || isNode.test(name));
    if (probed === undefined && !files.some(({ name }) => name.endsWith('/libjvm.so'))) return;
    const path = this.#pathOf(pid);
    if (path === undefined) return; // not ready yet: it is asked again
    this.#found.set(pid, hasGreenlets);
    this.#paths.set(pid, path);
    if (probed === undefined) this.#layouts.begins(pid);
    else this.#probes.use(pid, probed);
  }

  /** `struct task_path` of bpf/tasks.h; undefined where nothing is known yet. */
  #pathOf(pid: number): Uint8Array | undefined {
    const memory = ProcessMemory.open(pid);
    if (memory === undefined) return undefined;
    try {
      const python = findPython(memory);
      if (python !== undefined) return encode(pythonTaskPath(memory, python));
      const java = findJava(memory);
      if (java !== undefined) return encode(javaTaskPath(memory, java));
      const node = findNode(memory);
      const layout = node && nodeLayout(memory, node);
      if (layout === undefined) return undefined;
      const { asyncIds, places } = layout;
      const before = this.#incomplete.get(pid);
      if (places && places.buffer !== before?.buffer) this.#paths.setNode(pid, places);
      if (places?.isSure) this.#incomplete.delete(pid);
      else this.#incomplete.set(pid, { dueMs: 0, pauseMs: FIRST_PAUSE_MS, ...before, buffer: places?.buffer ?? 0 });
      return encodeTaskPath({ steps: [] }, asyncIds);
    } catch {
      return undefined; // it has ended meanwhile
    } finally {
      memory.close();
    }
  }

  /** The process has made a system call: one that was idle, and has no objects that are young, makes some now. */
  acts(pid: number): void {
    const incomplete = this.#incomplete.get(pid);
    if (incomplete === undefined) return;
    const nowMs = performance.now();
    if (nowMs < incomplete.dueMs) return;
    incomplete.dueMs = nowMs + incomplete.pauseMs;
    incomplete.pauseMs *= 2;
    this.#pathOf(pid);
  }

  /** How often Node.js has begun to collect garbage. */
  collections(pid: number): number | undefined {
    return this.#paths.collections(pid);
  }

  /** The process is to tell what its queues pass on, or no more. */
  askQueues(pid: number, isAsked: boolean): void {
    this.#queues.ask(pid, isAsked);
  }

  /** Once a second. */
  check(nowMs: number): void {
    this.#queues.check(nowMs);
  }

  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
    this.#queues.tick(nowMs);
  }

  /** A walk over objects of a JVM has met classes for the first time. */
  asksFor(classes: SyscallEvent): void {
    this.#layouts.tell(classes);
  }

  ended(pid: number): void {
    this.#layouts.ended(pid);
    this.#probes.ended(pid);
    this.#queues.ended(pid);
    if (this.#found.delete(pid)) this.#paths.delete(pid);
    this.#incomplete.delete(pid);
  }
}

const encode = (path: TaskPath | undefined): Uint8Array | undefined => path && encodeTaskPath(path);
