import { ElfFile } from '../elf/elf-file.ts';
import type { FoundFunction } from '../elf/go-functions.ts';
import type { BpfObject, Place } from '../libbpf.ts';
import type { MappedFile } from './running-program.ts';

/** Programs of bpf/capture.bpf.c that watch a function: where it begins, when it has returned, and where it returns. */
export interface Probe {
  readonly begin?: string;
  readonly end?: string;
  readonly returns?: string;
  /** Tells a program that watches several functions which one it is. */
  readonly cookie?: number;
}

type Side = 'begin' | 'end' | 'returns';
const sides: readonly Side[] = ['begin', 'end', 'returns'];
/** Where to put probes in a file, by the programs that watch there. */
type Places = Readonly<Record<Side, Map<string, Place[]>>>;

/** Functions of a file by name. */
type FindFunctions = (elf: ElfFile, names: readonly string[], file: MappedFile) => readonly FoundFunction[];
const bySymbols: FindFunctions = (elf, names) =>
  elf.symbols(names).map(({ name, address }) => ({ name, begin: address, returns: [] }));

/** A file with probes, and the processes that run it. */
interface Probed {
  readonly processes: Set<number>;
  detach: readonly (() => void)[];
  /** When the last process went, ms. */
  unusedMs: number;
}

const MAX_WITHOUT = 16_384;
/** Probes stay so long after the last process, ms: where one was, the next one comes soon. */
const lingerMs = 30_000;

/** Probes in functions of files that processes run, until a while after the last of these processes has ended. */
export class FileProbes {
  readonly #object: BpfObject;
  readonly #functions: ReadonlyMap<string, Probe>;
  readonly #find: FindFunctions;
  readonly #files = new Map<string, Probed>();
  /** Files without such functions, by key. */
  readonly #without = new Set<string>();
  readonly #byProcess = new Map<number, Set<string>>();

  /** @param functions by their names, which `find` finds in a file */
  constructor(object: BpfObject, functions: Readonly<Record<string, Probe>>, find = bySymbols) {
    this.#object = object;
    this.#find = find;
    this.#functions = new Map(Object.entries(functions));
  }

  /** Files with probes at present. */
  get size(): number {
    return this.#files.size;
  }

  /** The file is to have no probes from now on. Tells whether it had some. */
  without({ key }: MappedFile): boolean {
    const probed = this.#files.get(key);
    if (probed) this.#forget(key, probed);
    this.#hasNone(key);
    return probed !== undefined;
  }

  #hasNone(key: string): void {
    if (this.#without.size >= MAX_WITHOUT) this.#without.clear();
    this.#without.add(key);
  }

  /** The process runs the file. */
  use(pid: number, file: MappedFile): void {
    if (this.#without.has(file.key)) return;
    let probed = this.#files.get(file.key);
    if (probed === undefined) {
      const places = this.#placesIn(file);
      if (places === undefined) return;
      if (sides.every((side) => places[side].size === 0)) {
        this.#hasNone(file.key);
        return;
      }
      probed = { processes: new Set(), detach: [], unusedMs: performance.now() };
      this.#files.set(file.key, probed);
      void this.#attach(file, places, probed);
    }
    probed.processes.add(pid);
    const files = this.#byProcess.get(pid) ?? new Set();
    this.#byProcess.set(pid, files.add(file.key));
  }

  /** Undefined where the file cannot be read now. */
  #placesIn(file: MappedFile): Places | undefined {
    const elf = ElfFile.open(file.path);
    if (elf === undefined) return undefined;
    const places: Places = { begin: new Map(), end: new Map(), returns: new Map() };
    try {
      for (const { name, begin, returns } of this.#find(elf, [...this.#functions.keys()], file)) {
        const probe = this.#functions.get(name);
        for (const side of sides) {
          const program = probe?.[side];
          if (program === undefined) continue;
          for (const address of side === 'returns' ? returns : [begin]) {
            const offset = elf.offsetOf(address);
            const known = places[side].get(program) ?? [];
            if (offset !== undefined) places[side].set(program, [...known, { offset, cookie: probe?.cookie ?? 0 }]);
          }
        }
      }
      return places;
    } catch {
      return undefined;
    } finally {
      elf.close();
    }
  }

  async #attach(file: MappedFile, places: Places, probed: Probed): Promise<void> {
    const attached = sides.flatMap((side) =>
      [...places[side]].map(([program, at]) => this.#object.attachUprobes(program, file.path, at, side === 'end')),
    );
    const results = await Promise.allSettled(attached);
    probed.detach = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    // The process has ended meanwhile, or the kernel has no uprobes.
    if (probed.detach.length < results.length) this.#forget(file.key, probed);
  }

  #forget(key: string, probed: Probed): void {
    for (const detach of probed.detach) detach();
    this.#files.delete(key);
  }

  ended(pid: number): void {
    for (const key of this.#byProcess.get(pid) ?? []) {
      const probed = this.#files.get(key);
      if (probed?.processes.delete(pid)) probed.unusedMs = performance.now();
    }
    this.#byProcess.delete(pid);
  }

  /** Now and then: takes out what is not used any more. */
  tick(nowMs: number): void {
    for (const [key, probed] of this.#files) {
      if (probed.processes.size === 0 && nowMs - probed.unusedMs > lingerMs) this.#forget(key, probed);
    }
  }
}
