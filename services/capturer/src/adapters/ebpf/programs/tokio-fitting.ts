import { ElfFile } from '../elf/elf-file.ts';
import type { BpfObject } from '../libbpf.ts';
import { type TokioProgram, tokioIn } from '../runtimes/tokio.ts';
import { FileProbes } from './file-probes.ts';
import { LimitedProbes } from './limited-probes.ts';
import type { Fitting } from './program-watcher.ts';
import type { MappedFile, RunningProgram } from './running-program.ts';
import { encodeTaskPath, TaskPaths } from './task-paths.ts';

const MAX_FILES = 4096;
/** Some fifteen for a request that calls two others: beyond that they would cost a seventh of a processor. */
const MOST_A_SECOND = 100_000;

/** Tells the kernel where programs in Rust keep the id of the task of tokio that runs, and has them tell of tasks that are woken. */
export class TokioFitting implements Fitting {
  readonly #paths: TaskPaths;
  readonly #probes: LimitedProbes;
  /** By file; undefined: it has no tokio. */
  readonly #files = new Map<string, TokioProgram | undefined>();

  constructor(object: BpfObject) {
    this.#paths = new TaskPaths(object);
    const functions = { wakes: { begin: 'tokio_wakes' }, makes: { begin: 'tokio_makes' } };
    const probes = new FileProbes(object, functions, (_elf, _names, exe) => functionsOf(this.#programOf(exe)));
    this.#probes = new LimitedProbes(object, probes, MOST_A_SECOND);
  }

  /** Files out of which probes were taken. */
  get busy(): number {
    return this.#probes.busy;
  }

  fit({ pid, exe }: RunningProgram): void {
    if (this.#probes.has(pid) || process.arch !== 'x64') return;
    const program = this.#programOf(exe);
    if (program === undefined) return;
    this.#paths.set(pid, encodeTaskPath(program.path));
    this.#probes.use(pid, exe);
  }

  #programOf(exe: MappedFile): TokioProgram | undefined {
    if (this.#files.has(exe.key)) return this.#files.get(exe.key);
    const elf = ElfFile.open(exe.path);
    if (elf === undefined) return undefined;
    const program = tokioIn(elf);
    elf.close();
    if (this.#files.size >= MAX_FILES) this.#files.clear();
    this.#files.set(exe.key, program);
    return program;
  }

  check(nowMs: number): void {
    this.#probes.check(nowMs);
  }

  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
  }

  ended(pid: number): void {
    if (this.#probes.ended(pid)) this.#paths.delete(pid);
  }
}

function functionsOf(program: TokioProgram | undefined) {
  const places = (name: 'wakes' | 'makes') => (program?.[name] ?? []).map((begin) => ({ name, begin, returns: [] }));
  return [...places('wakes'), ...places('makes')];
}
