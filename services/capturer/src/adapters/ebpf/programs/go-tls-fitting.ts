import { goFunctions } from '../elf/go-functions.ts';
import type { BpfObject } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import type { GoBuilds } from './go-builds.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

/** Offset of `rawInput` in `tls.Conn`, 64-bit, by the first minor version that has it there: asked of each version by reflection. */
const rawInputs: readonly { readonly from: number; readonly at: number }[] = [
  { from: 27, at: 696 },
  { from: 25, at: 672 },
  { from: 23, at: 688 },
  { from: 21, at: 680 },
  { from: 20, at: 656 },
  { from: 18, at: 632 },
];

const functions = (rawInput: number): Readonly<Record<string, Probe>> => ({
  'crypto/tls.(*Conn).Write': { begin: 'go_tls_writes' },
  'crypto/tls.(*Conn).Read': { begin: 'go_tls_reads_begin', returns: 'go_tls_reads_end' },
  'crypto/tls.(*Conn).readRecordOrCCS': { begin: 'go_tls_reads_record', cookie: rawInput },
});

/** Puts probes into Go's own TLS of programs that run (bpf/go-tls.h). */
export class GoTlsFitting implements Fitting {
  readonly #object: BpfObject;
  readonly #builds: GoBuilds;
  /** By the place of `rawInput`. */
  readonly #probes = new Map<number, FileProbes>();

  constructor(object: BpfObject, builds: GoBuilds) {
    this.#object = object;
    this.#builds = builds;
  }

  /** Files with probes at present. */
  get size(): number {
    return [...this.#probes.values()].reduce((sum, { size }) => sum + size, 0);
  }

  fit({ pid, exe }: RunningProgram): void {
    const build = this.#builds.of(exe);
    const rawInput = build && rawInputs.find(({ from }) => build.go >= from);
    if (rawInput === undefined || process.arch !== 'x64') return;
    let probes = this.#probes.get(rawInput.at);
    if (probes === undefined) {
      probes = new FileProbes(this.#object, functions(rawInput.at), goFunctions);
      this.#probes.set(rawInput.at, probes);
    }
    probes.use(pid, exe);
  }

  ended(pid: number): void {
    for (const probes of this.#probes.values()) probes.ended(pid);
  }

  tick(nowMs: number): void {
    for (const probes of this.#probes.values()) probes.tick(nowMs);
  }
}
