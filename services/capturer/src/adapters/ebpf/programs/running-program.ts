import { readFileSync } from 'node:fs';

/** A file with code that a process has mapped. */
export interface MappedFile {
  /** Device and inode: the same for every process that runs it, in whichever container. */
  readonly key: string;
  /** Where this process finds it; also while the process lives in another mount namespace. */
  readonly path: string;
  /** Its name as the process sees it. */
  readonly name: string;
}

/** A process, as far as probes need to know it. */
export interface RunningProgram {
  readonly pid: number;
  readonly exe: MappedFile;
  /** Shared objects, without the program itself. */
  readonly libraries: readonly MappedFile[];
}

/** `start-end perms offset dev inode path`, proc(5). */
const line = /^[0-9a-f]+-[0-9a-f]+ ..x. [0-9a-f]+ (\S+) (\d+)\s+(\/.*)$/;

/** What the process runs at present; undefined where it has ended, or is a thread of the kernel. */
export function runningProgram(pid: number): RunningProgram | undefined {
  let maps: string;
  try {
    maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return undefined;
  }
  const files = new Map<string, MappedFile>();
  for (const text of maps.split('\n')) {
    const [, device, inode, name] = line.exec(text) ?? [];
    if (name === undefined) continue;
    const key = `${device}:${inode}`;
    if (!files.has(key)) files.set(key, { key, path: `/proc/${pid}/root${name}`, name });
  }
  const [first, ...libraries] = files.values();
  // The program is mapped first, or its interpreter; /proc/PID/exe works even where its file was replaced.
  return first && { pid, exe: { ...first, path: `/proc/${pid}/exe` }, libraries };
}
