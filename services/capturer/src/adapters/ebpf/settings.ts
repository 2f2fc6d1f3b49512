import { namesInKernel } from './executable-names.ts';
import { type BpfObject, type kernelAbilities, wordsOf } from './libbpf.ts';

/** What the programs look at: plain data, so that it can be sent to a thread. */
export interface EbpfOptions {
  /** Memory of the ring, a power of two. */
  readonly ringBytes: number;
  /** Payload copied of one call. */
  readonly payloadBytes: number;
  /** Process to leave out: this one. */
  readonly ownPid: number;
  /** Names of processes, ids of cgroups and of network namespaces, ports; with `!` in front: all others. Empty: all. */
  readonly processes: readonly string[];
  readonly cgroups: readonly string[];
  readonly ports: readonly string[];
  readonly namespaces: readonly string[];
  readonly unixSockets: boolean;
  /** Whether TLS libraries get probes. */
  readonly tls: boolean;
}

/** Values of `enum filter` in bpf/kernel.h. */
const filter = { off: 0, only: 1, not: 2 } as const;

/** Fills `struct settings` of bpf/kernel.h. */
export function writeSettings(
  memory: DataView,
  options: EbpfOptions,
  abilities: ReturnType<typeof kernelAbilities>,
): void {
  const words = [
    options.ownPid,
    options.payloadBytes,
    filterOf(options.processes),
    filterOf(options.cgroups),
    filterOf(options.ports),
    filterOf(options.namespaces),
    Number(options.unixSockets),
    Number(abilities.directReads),
    Number(abilities.loops),
    Number(abilities.taskRegisters),
  ];
  for (const [i, word] of words.entries()) memory.setUint32(4 * i, word, true);
}

/** Fills the maps of what to look at, or not to. */
export function writeFilters(object: BpfObject, options: EbpfOptions): void {
  const one = new Uint8Array([1]);
  const set = (map: string, values: readonly string[], key: (value: string) => Uint8Array) => {
    for (const value of values) object.update(map, key(value), one);
  };
  const meant = (values: readonly string[]) => values.map((value) => value.replace(/^!/, ''));
  set('processes', meant(options.processes).flatMap(namesInKernel), (name) => {
    const key = new Uint8Array(16);
    key.set(Buffer.from(name).subarray(0, 15));
    return key;
  });
  set('cgroups', meant(options.cgroups), (id) => new Uint8Array(new BigUint64Array([BigInt(id)]).buffer));
  set('namespaces', meant(options.namespaces), (id) => wordsOf(Number(id)));
  set('ports', meant(options.ports), (port) => new Uint8Array(new Uint16Array([Number(port)]).buffer));
}

function filterOf(values: readonly string[]): number {
  if (values.length === 0) return filter.off;
  return values[0].startsWith('!') ? filter.not : filter.only;
}

/** Every process is seen, with all that the program can do. */
export const everything: EbpfOptions = {
  ringBytes: 1 << 20,
  payloadBytes: 1 << 14,
  ownPid: process.pid,
  processes: [],
  cgroups: [],
  ports: [],
  namespaces: [],
  unixSockets: true,
  tls: true,
};
