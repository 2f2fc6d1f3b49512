import { readFileSync } from 'node:fs';

const MAX_PROCESSES = 16_384;

/** Ids of the containers in which processes run, from their cgroup's path, as all runtimes write it; '' outside of any. */
export class Containers {
  readonly #ids = new Map<number, string>();

  of(pid: number): string {
    const known = this.#ids.get(pid);
    if (known !== undefined) return known;
    if (this.#ids.size >= MAX_PROCESSES) this.#ids.clear();
    const id = containerId(pid);
    this.#ids.set(pid, id);
    return id;
  }

  /** The process has ended: its number may be another one's. */
  forget(pid: number): void {
    this.#ids.delete(pid);
  }
}

function containerId(pid: number): string {
  try {
    return /[0-9a-f]{64}/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[0] ?? '';
  } catch {
    return ''; // ended meanwhile
  }
}
