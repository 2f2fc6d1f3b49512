import { ElfFile } from '../elf/elf-file.ts';
import type { BpfObject } from '../libbpf.ts';
import type { MappedFile } from './running-program.ts';

/** Programs of bpf/capture.bpf.c that watch a function: where it begins, and where it returns. */
export interface Probe {
  readonly begin?: string;
  readonly end?: string;
}

/** A file with probes, and the processes that run it. */
interface Probed {
  readonly processes: Set<number>;
  readonly detach: (() => void)[];
}

const MAX_WITHOUT = 16_384;

/** Probes in functions of files that processes run, until the last of these processes ends. */
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
      const detach = this.#attach(file.path);
      if (detach === undefined) return;
      if (detach.length === 0) {
        if (this.#without.size >= MAX_WITHOUT) this.#without.clear();
        this.#without.add(file.key);
        return;
      }
      probed = { processes: new Set(), detach };
      this.#files.set(file.key, probed);
    }
    probed.processes.add(pid);
    const files = this.#byProcess.get(pid) ?? new Set();
    this.#byProcess.set(pid, files.add(file.key));
  }

  /** What takes the probes out again, none where the file has no such function; undefined where it cannot be read now. */
  #attach(path: string): (() => void)[] | undefined {
    const elf = ElfFile.open(path);
    if (elf === undefined) return undefined;
    const detach: (() => void)[] = [];
    try {
      for (const { name, address } of elf.symbols([...this.#functions.keys()])) {
        const offset = elf.offsetOf(address);
        if (offset === undefined) continue;
        const { begin, end } = this.#functions.get(name)!;
        if (begin !== undefined) detach.push(this.#object.attachUprobe(begin, path, offset, false));
        if (end !== undefined) detach.push(this.#object.attachUprobe(end, path, offset, true));
      }
      return detach;
    } catch {
      for (const each of detach) each(); // the process has ended meanwhile, or the kernel has no uprobes
      return undefined;
    } finally {
      elf.close();
    }
  }

  ended(pid: number): void {
    for (const key of this.#byProcess.get(pid) ?? []) {
      const probed = this.#files.get(key);
      if (probed === undefined) continue;
      probed.processes.delete(pid);
      if (probed.processes.size > 0) continue;
      for (const detach of probed.detach) detach();
      this.#files.delete(key);
    }
    this.#byProcess.delete(pid);
  }
}
