import { goFunctions } from '../elf/go-functions.ts';
import { type BpfObject, wordsOf } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import type { GoBuilds } from './go-builds.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

interface Layout {
  /** The first minor version that has it. */
  readonly from: number;
  readonly goid: number;
  readonly parentGoid: number;
  readonly receivers: number;
}

/**
 * Offsets of `goid` and `parentGoid` (from 1.21 on) in `runtime.g`, and of `recvq` in `runtime.hchan`, 64-bit: from the debug
 * information of programs that each version built.
 */
const layouts: readonly Layout[] = [
  { from: 26, goid: 152, parentGoid: 280, receivers: 64 },
  { from: 25, goid: 152, parentGoid: 272, receivers: 64 },
  { from: 23, goid: 160, parentGoid: 280, receivers: 64 },
  { from: 21, goid: 152, parentGoid: 272, receivers: 56 },
  { from: 18, goid: 152, parentGoid: 0, receivers: 56 },
];

/** Functions in which a goroutine gives a request to another one, or gets it from there (bpf/handoff.h); HTTP/2 is a package of its own from 1.27 on. */
const http: Readonly<Record<string, Probe>> = {
  'net/http.(*persistConn).roundTrip': { begin: 'go_http_sends' },
  'net/http.(*http2serverConn).runHandler': { begin: 'go_http2_serves' },
  'net/http/internal/http2.(*serverConn).runHandler': { begin: 'go_http2_serves' },
  'golang.org/x/net/http2.(*serverConn).runHandler': { begin: 'go_http2_serves' },
  'net/http.(*http2ClientConn).roundTrip': { begin: 'go_task_acts' },
  'net/http/internal/http2.(*ClientConn).roundTrip': { begin: 'go_task_acts' },
  'golang.org/x/net/http2.(*ClientConn).roundTrip': { begin: 'go_task_acts' },
  'golang.org/x/net/http2.(*ClientConn).internalRoundTrip': { begin: 'go_task_acts' },
};
/** @param cookie where the id of a stream is, for bpf/handoff.h */
const grpc = (cookie: number): Readonly<Record<string, Probe>> => ({
  'google.golang.org/grpc/internal/transport.(*http2Client).Write': { begin: 'go_grpc_sends', cookie },
  'google.golang.org/grpc/internal/transport.(*http2Client).write': { begin: 'go_grpc_sends', cookie },
  'google.golang.org/grpc.(*Server).handleStream': { begin: 'go_grpc_serves', cookie },
});
/** gRPC keeps the id inside the stream from this minor version on, so far behind its begin. */
const GRPC_EMBEDS = 77;
const GRPC_ID_AT = 108;

/** Tells the kernel where Go programs keep the ids of their goroutines, and has them tell of requests that are handed on. */
export class GoFitting implements Fitting {
  readonly #object: BpfObject;
  readonly #builds: GoBuilds;
  readonly #programs = new Set<number>();
  readonly #http: FileProbes;
  readonly #grpc: { readonly first: FileProbes; readonly inside: FileProbes };

  constructor(object: BpfObject, builds: GoBuilds) {
    this.#object = object;
    this.#builds = builds;
    const probes = (functions: Readonly<Record<string, Probe>>) => new FileProbes(object, functions, goFunctions);
    this.#http = probes(http);
    this.#grpc = { first: probes(grpc(0)), inside: probes(grpc(GRPC_ID_AT)) };
  }

  fit({ pid, exe }: RunningProgram): void {
    if (this.#programs.has(pid)) return;
    const build = this.#builds.of(exe);
    const layout = build && layouts.find(({ from }) => build.go >= from);
    if (layout === undefined) return;
    this.#programs.add(pid);
    this.#object.update('go_programs', wordsOf(pid), wordsOf(layout.goid, layout.parentGoid, layout.receivers));
    this.#object.processesChanged();
    this.#http.use(pid, exe);
    if (build?.grpc !== undefined) this.#grpc[build.grpc >= GRPC_EMBEDS ? 'inside' : 'first'].use(pid, exe);
  }

  tick(nowMs: number): void {
    for (const probes of this.#probes) probes.tick(nowMs);
  }

  ended(pid: number): void {
    for (const probes of this.#probes) probes.ended(pid);
    if (this.#programs.delete(pid)) this.#object.delete('go_programs', wordsOf(pid));
  }

  get #probes(): FileProbes[] {
    return [this.#http, this.#grpc.first, this.#grpc.inside];
  }
}
