import { readdirSync, readFileSync } from 'node:fs';
import { type BpfObject, wordsOf } from '../libbpf.ts';
import type { GoBuilds } from './go-builds.ts';
import { runningProgram } from './running-program.ts';

/** Interpreters, whose stacks hold their own things, and runtimes whose tasks are told otherwise. */
const isRuntime =
  /\/(?:libjvm\.so|libpython3|python3\.\d+$|node$|libnode\.so|libruby|ruby|libphp|php|perl|libperl|beam)/;

/** Has programs without a runtime tell which addresses their threads hold: `native_programs` of bpf/maps.h. */
export class NativePrograms {
  readonly #object: BpfObject;
  readonly #builds: GoBuilds;
  readonly #asked = new Set<number>();

  constructor(object: BpfObject, builds: GoBuilds) {
    this.#object = object;
    this.#builds = builds;
  }

  /** @param mayBeAlone also where it has one thread */
  ask(pid: number, mayBeAlone: boolean): void {
    if (this.#asked.has(pid) || !(mayBeAlone || hasThreads(pid))) return;
    this.#asked.add(pid);
    const ranges = this.#isOfGo(pid) ? undefined : rangesOf(pid);
    if (ranges === undefined) return;
    this.#object.update('native_programs', wordsOf(pid), new Uint8Array(new BigUint64Array(ranges).buffer));
    this.#object.processesChanged();
  }

  /** Its goroutines are told apart as soon as it is looked at. */
  #isOfGo(pid: number): boolean {
    const program = runningProgram(pid);
    return program !== undefined && this.#builds.of(program.exe) !== undefined;
  }

  ended(pid: number): void {
    if (!this.#asked.delete(pid)) return;
    this.#object.delete('native_programs', wordsOf(pid));
    this.#object.processesChanged();
  }
}

/** Whether it is more than one thread by now; false where it has ended. */
function hasThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** `start-end perms offset dev inode path`, proc(5). */
const line = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+ *(.*)$/;

/** Where the program and its libraries are, and how long; undefined where it has ended, or is a runtime's. */
function rangesOf(pid: number): bigint[] | undefined {
  let maps: string;
  try {
    maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return undefined;
  }
  let exe = '';
  const ranges = { program: [0n, 0n], libraries: [0n, 0n] };
  for (const text of maps.split('\n')) {
    const [, from, to, name] = line.exec(text) ?? [];
    if (name === undefined) continue;
    if (isRuntime.test(name)) return undefined;
    exe ||= name;
    const [start, end] = [BigInt(`0x${from}`), BigInt(`0x${to}`)];
    // What is behind the program's data without a name is data, too.
    const range =
      name === exe || (name === '' && start === ranges.program[1])
        ? ranges.program
        : name.startsWith('/')
          ? ranges.libraries
          : undefined;
    if (range === undefined) continue;
    range[0] ||= start;
    range[1] = end;
  }
  return [ranges.program, ranges.libraries].flatMap(([start, end]) => [start, end - start]);
}
