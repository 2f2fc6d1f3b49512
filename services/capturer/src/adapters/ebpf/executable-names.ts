import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * To the kernel a process has the name of its main thread. Newer Node.js (24 does, 20 does not) names that thread so: such a process is
 * known by its executable, the base name of /proc/PID/exe (OpenTelemetry, `process.executable.name`).
 */
const MAIN_THREAD = 'MainThread';
const MAX_PROCESSES = 4096;

export class ExecutableNames {
  readonly #names = new Map<number, string>();

  /** @param name of the process in the kernel */
  nameOf(pid: number, name: string): string {
    if (name !== MAIN_THREAD) return name;
    let executable = this.#names.get(pid);
    if (executable === undefined) {
      executable = executableOf(pid) ?? name;
      if (this.#names.size >= MAX_PROCESSES) this.#names.clear();
      this.#names.set(pid, executable);
    }
    return executable;
  }

  /** The process has ended, or runs another program. */
  forget(pid: number): void {
    this.#names.delete(pid);
  }
}

/** Names that the kernel may have for processes of this name. */
export function namesInKernel(name: string): readonly string[] {
  return name === 'node' ? [name, MAIN_THREAD] : [name];
}

/** undefined: it has ended, or may not be looked at. A program that was replaced meanwhile is `/usr/bin/node (deleted)`. */
function executableOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
  } catch {
    return undefined;
  }
}
