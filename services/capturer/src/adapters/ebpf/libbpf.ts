import { createRequire } from 'node:module';
import { SourceError } from '../../core/packet-source.ts';

/** System calls cannot be seen; the message is one sentence for people. */
export class EbpfError extends SourceError {
  constructor(message: string) {
    super(message, 'unsupported');
  }
}

type Pointer = unknown;
type Koffi = typeof import('koffi');

/** BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, BPF_FUNC_task_pt_regs, BTF_KIND_FUNC, BTF_KIND_TYPEDEF (linux/bpf.h, linux/btf.h). */
const RAW_TRACEPOINT = 17;
const FUNC_LOOP = 181;
const FUNC_TASK_PT_REGS = 175;
const BTF_FUNC = 12;
const BTF_TYPEDEF = 8;

/** The functions of libbpf.so.1, loaded on first use. */
export function loadLibbpf() {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  let library: ReturnType<Koffi['load']>;
  try {
    library = koffi.load('libbpf.so.1');
  } catch {
    throw new EbpfError('libbpf.so.1 is missing (Debian: apt-get install libbpf1)');
  }
  const bind = (prototype: string) => library.func(prototype);
  const functions = {
    setPrint: bind('void* libbpf_set_print(void*)'),
    possibleCpus: bind('int libbpf_num_possible_cpus()'),
    probeHelper: bind('int libbpf_probe_bpf_helper(int, int, void*)'),
    kernelTypes: bind('void* btf__load_vmlinux_btf()'),
    findType: bind('int btf__find_by_name_kind(void*, const char*, uint32_t)'),
    freeTypes: bind('void btf__free(void*)'),
    open: bind('void* bpf_object__open(const char*)'),
    load: bind('int bpf_object__load(void*)'),
    closeObject: bind('void bpf_object__close(void*)'),
    findProgram: bind('void* bpf_object__find_program_by_name(void*, const char*)'),
    setAutoload: bind('int bpf_program__set_autoload(void*, bool)'),
    attach: bind('void* bpf_program__attach(void*)'),
    attachUprobe: bind('void* bpf_program__attach_uprobe(void*, bool, int, const char*, size_t)'),
    destroyLink: bind('int bpf_link__destroy(void*)'),
    nextMap: bind('void* bpf_object__next_map(void*, void*)'),
    mapName: bind('const char* bpf_map__name(void*)'),
    mapFd: bind('int bpf_map__fd(void*)'),
    setMaxEntries: bind('int bpf_map__set_max_entries(void*, uint32_t)'),
    initialValue: bind('void* bpf_map__initial_value(void*, _Out_ size_t*)'),
    updateElement: bind('int bpf_map_update_elem(int, void*, void*, uint64_t)'),
    lookupElement: bind('int bpf_map_lookup_elem(int, void*, void*)'),
    deleteElement: bind('int bpf_map_delete_elem(int, void*)'),
  };
  functions.setPrint(null); // its own lines on standard error are not for the users of Flowloom
  return { ...functions, koffi };
}

export type Libbpf = ReturnType<typeof loadLibbpf>;

/** What the running kernel has, of what is not in every kernel from 5.10 on. */
export function kernelAbilities(lib: Libbpf) {
  const types: Pointer = lib.kernelTypes();
  if (types === null) throw new EbpfError('the kernel has no type information (BTF, /sys/kernel/btf/vmlinux)');
  const has = (name: string, kind: number) => lib.findType(types, name, kind) > 0;
  const abilities = {
    directReads: has('bpf_rdonly_cast', BTF_FUNC),
    loops: lib.probeHelper(RAW_TRACEPOINT, FUNC_LOOP, null) === 1,
    taskRegisters: lib.probeHelper(RAW_TRACEPOINT, FUNC_TASK_PT_REGS, null) === 1,
    ioUring: has('btf_trace_io_uring_submit_req', BTF_TYPEDEF),
  };
  lib.freeTypes(types);
  return abilities;
}

/** One object file with its programs and maps. Nothing of it is in the kernel before `load`, nor after `close`. */
export class BpfObject {
  readonly #lib: Libbpf;
  readonly #object: Pointer;
  readonly #maps = new Map<string, Pointer>();
  readonly #links = new Set<Pointer>();
  readonly #state: Uint32Array;

  constructor(lib: Libbpf, file: string) {
    this.#lib = lib;
    const object: Pointer = lib.open(file);
    if (object === null) throw new EbpfError(`cannot read ${file}: run "npm run setup"`);
    this.#object = object;
    for (let map = lib.nextMap(object, null); map !== null; map = lib.nextMap(object, map)) {
      this.#maps.set(lib.mapName(map).replace(/^[^.]+(?=\.)/, ''), map); // "capture.rodata" is found as ".rodata"
    }
    this.#state = new Uint32Array(this.section('.bss').byteLength / 4);
  }

  #map(name: string): Pointer {
    const map = this.#maps.get(name);
    if (map === undefined) throw new EbpfError(`no map ${name} in the eBPF object: run "npm run setup"`);
    return map;
  }

  /** Memory of a section of variables, before `load`. */
  section(name: '.rodata' | '.bss'): DataView {
    const size = [0];
    const memory = this.#lib.initialValue(this.#map(name), size);
    return new DataView(this.#lib.koffi.view(memory, size[0]));
  }

  /** Sets what the programs read while they run: `struct state` of bpf/kernel.h. */
  setState({ go, tls, tasks }: { readonly go?: boolean; readonly tls?: boolean; readonly tasks?: boolean }): void {
    if (go !== undefined) this.#state[0] = Number(go);
    if (tls !== undefined) this.#state[1] = Number(tls);
    if (tasks !== undefined) this.#state[2] = Number(tasks);
    this.update('.bss', new Uint8Array(4), new Uint8Array(this.#state.buffer));
  }

  setMaxEntries(map: string, entries: number): void {
    this.#lib.setMaxEntries(this.#map(map), entries);
  }

  #program(name: string): Pointer {
    const program = this.#lib.findProgram(this.#object, name);
    if (program === null) throw new EbpfError(`no program ${name} in the eBPF object: run "npm run setup"`);
    return program;
  }

  leaveOut(program: string): void {
    this.#lib.setAutoload(this.#program(program), false);
  }

  load(): void {
    const result = this.#lib.load(this.#object);
    if (result === 0) return;
    const code = this.#errorName(-result);
    if (code === 'EPERM') throw new EbpfError('eBPF needs root, or the capabilities CAP_BPF and CAP_PERFMON');
    throw new EbpfError(`the kernel does not accept the eBPF programs: ${code}`);
  }

  #errorName(errno: number): string {
    const { errno: codes } = this.#lib.koffi.os;
    return Object.entries(codes).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
  }

  /** Attaches a tracepoint program where its section says. */
  attach(program: string): void {
    this.#keep(this.#lib.attach(this.#program(program)), program);
  }

  /**
   * Puts a probe into a program file, for every process that runs it; `offset` in the file. Returns what takes it out again.
   */
  attachUprobe(program: string, file: string, offset: number, atReturn: boolean): () => void {
    const link = this.#keep(
      this.#lib.attachUprobe(this.#program(program), atReturn, -1, file, offset),
      `${program} to ${file}`,
    );
    return () => {
      // The kernel waits for all processors, 0.1 s and more: another thread shall do that.
      if (this.#links.delete(link)) this.#lib.destroyLink.async(link, () => {});
    };
  }

  #keep(link: Pointer, what: string): Pointer {
    if (link === null) throw new EbpfError(`cannot attach ${what}: ${this.#errorName(this.#lib.koffi.errno())}`);
    this.#links.add(link);
    return link;
  }

  mapFd(map: string): number {
    return this.#lib.mapFd(this.#map(map));
  }

  /** False where the kernel has no room, or no such key. */
  update(map: string, key: Uint8Array, value: Uint8Array): boolean {
    return this.#lib.updateElement(this.mapFd(map), key, value, 0n) === 0;
  }

  delete(map: string, key: Uint8Array): boolean {
    return this.#lib.deleteElement(this.mapFd(map), key) === 0;
  }

  /** Sum over processors of a counter in an array by processor. */
  sum(map: string, index: number): number {
    const values = new BigUint64Array(this.#lib.possibleCpus());
    const key = new Uint8Array(new Uint32Array([index]).buffer);
    if (this.#lib.lookupElement(this.mapFd(map), key, new Uint8Array(values.buffer)) !== 0) return 0;
    return Number(values.reduce((sum, value) => sum + value, 0n));
  }

  /** Takes all out of the kernel again. */
  close(): void {
    for (const link of this.#links) this.#lib.destroyLink(link);
    this.#links.clear();
    this.#lib.closeObject(this.#object);
  }
}
