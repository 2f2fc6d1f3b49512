import type { BpfObject } from '../libbpf.ts';
import { findJava, javaTaskPath } from '../runtimes/java.ts';
import { ProcessMemory } from '../runtimes/process-memory.ts';
import { findPython, pythonTaskPath } from '../runtimes/python.ts';
import type { TaskPath } from '../runtimes/task-path.ts';
import { FileProbes } from './file-probes.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

const isPython = /\/(?:libpython3\.\d+[^/]*\.so|python3\.\d+$)/;

/** Tells the kernel where Java and Python keep the task that a thread runs, and has Python tell of tasks that are made. */
export class TaskFitting implements Fitting {
  readonly #object: BpfObject;
  readonly #probes: FileProbes;
  readonly #found = new Set<number>();

  constructor(object: BpfObject) {
    this.#object = object;
    this.#probes = new FileProbes(object, { PyContext_CopyCurrent: { end: 'python_makes_task' } });
  }

  fit({ pid, exe, libraries }: RunningProgram): void {
    if (this.#found.has(pid)) return;
    const python = libraries.find(({ name }) => isPython.test(name)) ?? (isPython.test(exe.name) ? exe : undefined);
    const isJava = libraries.some(({ name }) => name.endsWith('/libjvm.so'));
    if (python === undefined && !isJava) return;
    const path = pathOf(pid);
    if (path === undefined) return; // not ready yet: it is asked again
    this.#found.add(pid);
    this.#object.update('task_paths', word(pid), encode(path));
    this.#object.processesChanged();
    if (python !== undefined) this.#probes.use(pid, python);
  }

  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
  }

  ended(pid: number): void {
    this.#probes.ended(pid);
    if (this.#found.delete(pid)) this.#object.delete('task_paths', word(pid));
  }
}

function pathOf(pid: number): TaskPath | undefined {
  const memory = ProcessMemory.open(pid);
  if (memory === undefined) return undefined;
  try {
    const python = findPython(memory);
    if (python !== undefined) return pythonTaskPath(memory, python);
    const java = findJava(memory);
    return java && javaTaskPath(memory, java);
  } catch {
    return undefined; // it has ended meanwhile
  } finally {
    memory.close();
  }
}

/** `struct task_path` of bpf/tasks.h. */
function encode({ steps, unless }: TaskPath): Uint8Array {
  const words = new Int32Array(8);
  words.set(steps);
  words[4] = steps.length;
  if (unless) words.set([unless.steps, ...unless.same], 5);
  return new Uint8Array(words.buffer);
}

const word = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
