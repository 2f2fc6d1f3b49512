import type { BpfObject } from '../libbpf.ts';
import type { FileProbes } from './file-probes.ts';
import type { MappedFile } from './running-program.ts';

/** Probes that are taken out of programs that come to them too often: each time costs a microsecond. */
export class LimitedProbes {
  readonly #object: BpfObject;
  readonly #probes: FileProbes;
  readonly #mostASecond: number;
  readonly #programs = new Map<number, { readonly exe: MappedFile; uses: number }>();
  #checkedMs = 0;
  /** Files out of which they were taken. */
  busy = 0;

  constructor(object: BpfObject, probes: FileProbes, mostASecond: number) {
    this.#object = object;
    this.#probes = probes;
    this.#mostASecond = mostASecond;
  }

  has(pid: number): boolean {
    return this.#programs.has(pid);
  }

  use(pid: number, exe: MappedFile): void {
    this.#programs.set(pid, { exe, uses: 0 });
    this.#probes.use(pid, exe);
  }

  /** Once a second. */
  check(nowMs: number): void {
    const most = (this.#mostASecond * (nowMs - this.#checkedMs)) / 1000;
    this.#checkedMs = nowMs;
    for (const [pid, program] of this.#programs) {
      const uses = this.#object.valueOf('probe_uses', pid);
      if (uses - program.uses > most && this.#probes.without(program.exe)) this.busy++;
      program.uses = uses;
    }
  }

  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
  }

  /** Whether it had some. */
  ended(pid: number): boolean {
    this.#probes.ended(pid);
    return this.#programs.delete(pid);
  }
}
