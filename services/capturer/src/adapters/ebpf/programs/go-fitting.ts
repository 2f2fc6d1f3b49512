import { ElfFile } from '../elf/elf-file.ts';
import type { BpfObject } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import { goMinorVersion } from './go-version.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

/** Offsets of `goid` and `parentGoid` (from 1.21 on) in `runtime.g`, 64-bit, by the first minor version that has them: from the
 * debug information of programs that each version built. */
const layouts: readonly { readonly from: number; readonly goid: number; readonly parentGoid: number }[] = [
  { from: 26, goid: 152, parentGoid: 280 },
  { from: 25, goid: 152, parentGoid: 272 },
  { from: 23, goid: 160, parentGoid: 280 },
  { from: 21, goid: 152, parentGoid: 272 },
  { from: 18, goid: 152, parentGoid: 0 },
];

/** Functions in which a goroutine gives a request to another one, or gets it from there (bpf/handoff.h). */
const handoffs: Readonly<Record<string, Probe>> = {
  'net/http.(*persistConn).roundTrip': { begin: 'go_http_sends' },
  'net/http.(*http2serverConn).runHandler': { begin: 'go_http2_serves' },
  'golang.org/x/net/http2.(*serverConn).runHandler': { begin: 'go_http2_serves' },
  'net/http.(*http2ClientConn).roundTrip': { begin: 'go_task_acts' },
  'golang.org/x/net/http2.(*ClientConn).roundTrip': { begin: 'go_task_acts' },
  'google.golang.org/grpc/internal/transport.(*http2Client).newStream': { begin: 'go_grpc_sends' },
  'google.golang.org/grpc.(*Server).handleStream': { begin: 'go_grpc_serves' },
};

/** Tells the kernel where Go programs keep the ids of their goroutines, and has them tell of requests that are handed on. */
export class GoFitting implements Fitting {
  readonly #object: BpfObject;
  /** Minor version by file; undefined: no Go program. */
  readonly #versions = new Map<string, number | undefined>();
  readonly #programs = new Set<number>();
  readonly #handoffs: FileProbes;

  constructor(object: BpfObject) {
    this.#object = object;
    this.#handoffs = new FileProbes(object, handoffs);
  }

  fit({ pid, exe }: RunningProgram): void {
    if (this.#programs.has(pid)) return;
    const minor = this.#versionOf(exe.key, exe.path);
    const layout = minor === undefined ? undefined : layouts.find(({ from }) => minor >= from);
    if (layout === undefined) return;
    this.#programs.add(pid);
    this.#object.update(
      'go_programs',
      word(pid),
      new Uint8Array(new Uint32Array([layout.goid, layout.parentGoid]).buffer),
    );
    this.#object.processesChanged();
    this.#handoffs.use(pid, exe);
  }

  tick(nowMs: number): void {
    this.#handoffs.tick(nowMs);
  }

  ended(pid: number): void {
    this.#handoffs.ended(pid);
    if (this.#programs.delete(pid)) this.#object.delete('go_programs', word(pid));
  }

  #versionOf(key: string, path: string): number | undefined {
    if (this.#versions.has(key)) return this.#versions.get(key);
    const elf = ElfFile.open(path);
    if (elf === undefined) return undefined; // the process has ended meanwhile
    const version = goMinorVersion(elf);
    elf.close();
    if (this.#versions.size > 16_384) this.#versions.clear();
    this.#versions.set(key, version);
    return version;
  }
}

const word = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
