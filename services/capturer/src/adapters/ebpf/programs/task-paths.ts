import { type BpfObject, wordsOf } from '../libbpf.ts';
import type { NodePlaces } from '../runtimes/node.ts';
import type { TaskPath } from '../runtimes/task-path.ts';

/** Steps that lead to a `JavaThread`. */
const JAVA_STEPS = 3;

/** Tells the kernel, process by process, where a thread keeps what it runs: `task_paths` of bpf/tasks.h. */
export class TaskPaths {
  readonly #object: BpfObject;

  constructor(object: BpfObject) {
    this.#object = object;
  }

  /** @param path as `encodeTaskPath` gives it */
  set(pid: number, path: Uint8Array): void {
    this.#object.update('task_paths', wordsOf(pid), path);
    this.#object.processesChanged();
  }

  /** `node_places` of bpf/tasks.h: what is asked beside its asynchronous ids. */
  setNode(pid: number, { buffer, queue, runTimers, runTimersBytes }: NodePlaces): void {
    const places = BigUint64Array.from([buffer, queue, runTimers, runTimersBytes, 0, 0, 0].map(BigInt));
    this.#object.update('node_places', wordsOf(pid), new Uint8Array(places.buffer));
  }

  /** How often Node.js has begun to collect garbage, since that is counted; undefined: it is no such process. */
  collections(pid: number): number | undefined {
    const places = new BigUint64Array(7);
    return this.#object.read('node_places', pid, places) ? Number(places[6] & 0xffff_ffffn) : undefined;
  }

  delete(pid: number): void {
    this.#object.delete('task_paths', wordsOf(pid));
    this.#object.delete('node_places', wordsOf(pid));
  }
}

/** `struct task_path` of bpf/tasks.h. `asyncIds`: where Node.js keeps its asynchronous ids, 0 for others. */
export function encodeTaskPath(
  { steps, unless, enteredAt = 0, toFirst = false, java }: TaskPath,
  asyncIds = 0,
): Uint8Array {
  const bytes = new ArrayBuffer(128);
  const words = new Int32Array(bytes);
  words.set(steps);
  words[6] = steps.length;
  if (unless) words.set([unless.steps, ...unless.same], 7);
  const longs = new BigUint64Array(bytes);
  longs[5] = BigInt(asyncIds);
  if (java) {
    longs.set([java.heap, java.heapBytes, java.collections, java.collecting, java.narrow?.base ?? 0].map(BigInt), 6);
    const { buffer, stackBase, runner, firstFrame, entry, narrow } = java;
    words.set([buffer, stackBase, runner, JAVA_STEPS, firstFrame, entry, narrow?.shift ?? 0, narrow ? 4 : 0], 22);
  }
  words.set([enteredAt, Number(toFirst)], 30);
  return new Uint8Array(bytes);
}
