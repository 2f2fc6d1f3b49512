import { goCalls } from '../elf/go-calls.ts';
import type { BpfObject } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import type { GoBuilds } from './go-builds.ts';
import { LimitedProbes } from './limited-probes.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

/** Calls by which the compiler has the runtime send, receive, and start goroutines (bpf/go-channels.h). Arguments are in registers since Go 1.17. */
const calls: Readonly<Record<string, Probe>> = {
  'runtime.chansend1': { begin: 'go_sends' },
  'runtime.selectnbsend': { begin: 'go_sends' },
  'runtime.chanrecv1': { begin: 'go_receives_begin', returns: 'go_receives_end' },
  'runtime.chanrecv2': { begin: 'go_receives_begin', returns: 'go_receives_end' },
  'runtime.selectnbrecv': { begin: 'go_tries_receive', returns: 'go_receives_end' },
  'runtime.selectgo': { begin: 'go_selects_begin', returns: 'go_selects_end' },
  'runtime.newproc': { begin: 'go_starts' },
};
/** A program that comes to them more often passes on something else than requests. */
const MOST_A_SECOND = 40_000;

/** Has Go programs tell what their own goroutines pass on through channels, and that they start others. */
export class GoChannelsFitting implements Fitting {
  readonly #builds: GoBuilds;
  readonly #probes: LimitedProbes;

  constructor(object: BpfObject, builds: GoBuilds) {
    this.#builds = builds;
    const probes = new FileProbes(object, calls, (elf, names) => goCalls(elf, names, isOfTheProgram));
    this.#probes = new LimitedProbes(object, probes, MOST_A_SECOND);
  }

  /** Files out of which probes were taken. */
  get busy(): number {
    return this.#probes.busy;
  }

  fit({ pid, exe }: RunningProgram): void {
    if (this.#probes.has(pid) || process.arch !== 'x64') return;
    const build = this.#builds.of(exe);
    if (build !== undefined && build.go >= 18) this.#probes.use(pid, exe);
  }

  check(nowMs: number): void {
    this.#probes.check(nowMs);
  }

  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
  }

  ended(pid: number): void {
    this.#probes.ended(pid);
  }
}

/** First elements of the import paths of Go's own packages; `runtime` ends a name that has no path, `main.` begins the program. */
const ownPackages =
  'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html ' +
  'image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs ' +
  'sync syscall testing text time type unicode unique unsafe vendor weak';
const ofGo = new RegExp(`^(?:${ownPackages.replaceAll(' ', '|')})[./]`);
/** Modules that pass nothing on but for themselves, at every request: pools, watchers of deadlines, flow control. */
const ofModules =
  /^(?:golang\.org\/x|google\.golang\.org\/(?:grpc|protobuf)|github\.com\/(?:redis\/go-redis|go-sql-driver\/mysql|lib\/pq|jackc))\//;

/** What starts the program's own functions for it. */
const starters = /^(?:sync\.\(\*WaitGroup\)|golang\.org\/x\/sync\/)/;

/** Whether a function of that name is of the program, or of a module that may hand its work to others. */
function isOfTheProgram(name: string): boolean {
  return starters.test(name) || (!ofGo.test(name) && !ofModules.test(name));
}
