import { ElfFile } from '../elf/elf-file.ts';
import type { BpfObject, Place } from '../libbpf.ts';
import type { MappedFile } from './running-program.ts';

/** Programs of bpf/capture.bpf.c that watch a function: where it begins, and where it returns. */
export interface Probe {
  readonly begin?: string;
  readonly end?: string;
  /** Tells a program that watches several functions which one it is. */
  readonly cookie?: number;
}

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
  readonly #files = new Map<string, Probed>();
  /** Files without such functions, by key. */
  readonly #without = new Set<string>();
  readonly #byProcess = new Map<number, Set<string>>();

  /** @param functions by their symbols */
  constructor(object: BpfObject, functions: Readonly<Record<string, Probe>>) {
    this.#object = object;
    this.#functions = new Map(Object.entries(functions));
  }

  /** Files with probes at present. */
  get size(): number {
    return this.#files.size;
  }

  /** The process runs the file. */
  use(pid: number, file: MappedFile): void {
    if (this.#without.has(file.key)) return;
    let probed = this.#files.get(file.key);
    if (probed === undefined) {
      const places = this.#placesIn(file.path);
      if (places === undefined) return;
      if (places.begin.size + places.end.size === 0) {
        if (this.#without.size >= MAX_WITHOUT) this.#without.clear();
        this.#without.add(file.key);
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

  /** Where the functions begin in the file, by the programs that watch them; undefined where it cannot be read now. */
  #placesIn(path: string): Record<'begin' | 'end', Map<string, Place[]>> | undefined {
    const elf = ElfFile.open(path);
    if (elf === undefined) return undefined;
    const places = { begin: new Map<string, Place[]>(), end: new Map<string, Place[]>() };
    try {
      for (const { name, address } of elf.symbols([...this.#functions.keys()])) {
        const offset = elf.offsetOf(address);
        const probe = this.#functions.get(name);
        if (offset === undefined || probe === undefined) continue;
        for (const side of ['begin', 'end'] as const) {
          const program = probe[side];
          if (program === undefined) continue;
          const known = places[side].get(program) ?? [];
          places[side].set(program, [...known, { offset, cookie: probe.cookie ?? 0 }]);
        }
      }
      return places;
    } catch {
      return undefined;
    } finally {
      elf.close();
    }
  }

  async #attach(
    file: MappedFile,
    places: Record<'begin' | 'end', Map<string, Place[]>>,
    probed: Probed,
  ): Promise<void> {
    const attach = (side: 'begin' | 'end') =>
      [...places[side]].map(([program, at]) => this.#object.attachUprobes(program, file.path, at, side === 'end'));
    const results = await Promise.allSettled([...attach('begin'), ...attach('end')]);
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
