import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWords, type TaskPath } from './task-path.ts';

/** Offsets of CPython's headers (pycore_runtime.h, pycore_interp.h, cpython/pystate.h), amd64. */
interface Layout {
  /** `_PyRuntimeState.interpreters.main` */
  readonly mainInterpreter: number;
  /** `PyInterpreterState.threads.head` */
  readonly firstThread: number;
  /** Of `PyThreadState`. */
  readonly next: number;
  readonly threadId: number;
  readonly context: number;
  /** Chunk of its stack of frames, from 3.11 on. */
  readonly chunk?: number;
}

const layouts: Readonly<Record<string, Layout>> = {
  '3.8': { mainInterpreter: 40, firstThread: 8, next: 8, threadId: 176, context: 240 },
  '3.9': { mainInterpreter: 40, firstThread: 8, next: 8, threadId: 176, context: 240 },
  '3.10': { mainInterpreter: 40, firstThread: 8, next: 8, threadId: 176, context: 240 },
  '3.11': { mainInterpreter: 48, firstThread: 16, next: 8, threadId: 152, context: 224, chunk: 296 },
  '3.12': { mainInterpreter: 48, firstThread: 72, next: 8, threadId: 136, context: 208, chunk: 232 },
  '3.13': { mainInterpreter: 640, firstThread: 7344, next: 8, threadId: 152, context: 208, chunk: 232 },
};

/** `PyContext.ctx_entered` (pycore_context.h), the same in all of these. */
const enteredAt = 40;
/** Files that are the interpreter: a library, or the program itself. */
export const isPython = /\/(?:libpython3\.\d+[^/]*\.so[^/]*|python3\.\d+)$/;
/** The parts of gevent that are written in C: who has them runs greenlets. */
export const isGevent = /\/gevent\/[^/]+\.so$/;

/** Builds without the global lock (`t`) have structures of their own. */
const version = /python(3\.\d+)(?![\dt])[^/]*$/;
/** The C library keeps the thread's own data, with that of `pthread_setspecific`, this far behind the FS base. */
const THREAD_BYTES = 2304;
const MAX_THREADS = 64;

/** The interpreter that a process runs: its library, or its program file. */
export function findPython(memory: ProcessMemory): MappedFile | undefined {
  return memory.mapped(/\/libpython3\.\d+[^/]*\.so/) ?? memory.mapped(/\/python3\.\d+$/);
}

/**
 * Where the current `contextvars.Context` of a thread is found. Every task of asyncio has a context of its own, a copy of
 * that of whoever made it. Greenlets of gevent have none, but a stack of frames each: the first chunk of that. Undefined where
 * the version is not known, or the interpreter is not ready yet.
 */
export function pythonTaskPath(memory: ProcessMemory, python: MappedFile): TaskPath | undefined {
  const layout = layouts[version.exec(python.path)?.[1] ?? ''];
  const runtime = memory.symbols(python, ['_PyRuntime']).get('_PyRuntime');
  if (layout === undefined || runtime === undefined) return undefined;
  const hasGreenlets = layout.chunk !== undefined && memory.mapped(isGevent) !== undefined;
  const interpreter = memory.pointer(runtime + layout.mainInterpreter);
  if (interpreter === 0) return undefined;
  let thread = memory.pointer(interpreter + layout.firstThread);
  for (let i = 0; thread !== 0 && i < MAX_THREADS; i++) {
    const [slot] = findWords(memory.read(memory.pointer(thread + layout.threadId), THREAD_BYTES), thread);
    if (slot !== undefined) {
      return hasGreenlets
        ? { steps: [slot, layout.chunk!], toFirst: true }
        : { steps: [slot, layout.context], enteredAt };
    }
    thread = memory.pointer(thread + layout.next);
  }
  return undefined;
}
