import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SourceError } from '../../core/packet-source.ts';
import { isBuiltFromHere } from './built-from.ts';

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

/** bpf(2): number of the call, BPF_LINK_CREATE, BPF_TRACE_UPROBE_MULTI, BPF_F_UPROBE_MULTI_RETURN. */
const SYS_BPF = process.arch === 'arm64' ? 280 : 321;
const LINK_CREATE = 28;
/** BPF_PROG_TEST_RUN. */
const RUN_PROGRAM = 10;
const TRACE_UPROBE_MULTI = 48;
const UPROBE_MULTI_RETURN = 1;
/** BPF_TCX_INGRESS, BPF_F_BEFORE: with nothing to be before of, the first of all. */
const TCX_INGRESS = 46;
const BEFORE = 8;

/** Where a probe goes in a program file, and what its program is told. */
export interface Place {
  readonly offset: number;
  readonly cookie: number;
}

/** Takes something out of the kernel. */
type Link = () => Promise<unknown>;

type AttachUprobe = (program: Pointer, pid: number, file: string, offset: number, options: object) => Promise<Pointer>;

/** The function, called in a thread of koffi's. */
function inThread(of: { async(...values: unknown[]): void }): (...values: unknown[]) => Promise<unknown> {
  return (...values) =>
    new Promise((resolve, reject) => {
      of.async(...values, (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result)));
    });
}

/** The compiled programs of bpf/NAME.bpf.c: beside the bundle, wherever this file runs from. */
export function objectFile(name: string): string {
  const folder = import.meta.url.endsWith('.ts') ? '../../../../../dist/' : './';
  return fileURLToPath(new URL(`${folder}${name}.bpf.o`, import.meta.url));
}

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
  const libc = koffi.load('libc.so.6');
  const UprobeOptions = koffi.struct({
    sz: 'size_t',
    ref_ctr_offset: 'size_t',
    bpf_cookie: 'uint64_t',
    retprobe: 'bool',
    func_name: 'const char*',
  });
  const uprobeArguments = ['void*', 'int', 'const char*', 'size_t', koffi.pointer(UprobeOptions)];
  // union bpf_attr of BPF_LINK_CREATE with its member `uprobe_multi` (linux/bpf.h)
  const LinkCreate = koffi.struct({
    prog_fd: 'uint32_t',
    target_fd: 'uint32_t',
    attach_type: 'uint32_t',
    link_flags: 'uint32_t',
    path: 'const char*',
    offsets: 'uint64_t*',
    ref_ctr_offsets: 'uint64_t*',
    cookies: 'uint64_t*',
    cnt: 'uint32_t',
    flags: 'uint32_t',
    pid: 'uint32_t',
  });
  // The same of BPF_PROG_TEST_RUN with its member `test`
  const ProgramRun = koffi.struct({
    prog_fd: 'uint32_t',
    retval: 'uint32_t',
    data_size_in: 'uint32_t',
    data_size_out: 'uint32_t',
    data_in: 'uint8_t*',
    data_out: 'uint8_t*',
    repeat: 'uint32_t',
    duration: 'uint32_t',
  });
  const programRun = libc.func('syscall', 'long', ['long', 'int', koffi.pointer(ProgramRun), 'uint32_t']);
  const bpfCall = inThread(libc.func('syscall', 'long', ['long', 'int', koffi.pointer(LinkCreate), 'uint32_t']));
  const bpf = libc.func('long syscall(long, int, void*, uint32_t)');
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
    attachUprobe: inThread(library.func('bpf_program__attach_uprobe_opts', 'void*', uprobeArguments)) as AttachUprobe,
    destroyLink: inThread(bind('int bpf_link__destroy(void*)')) as (link: Pointer) => Promise<number>,
    programFd: bind('int bpf_program__fd(void*)'),
    setAttachType: bind('int bpf_program__set_expected_attach_type(void*, int)'),
    createLink: (attributes: object) => bpfCall(SYS_BPF, LINK_CREATE, attributes, 64) as Promise<number>,
    /** @param words of `union bpf_attr` */
    createLinkNow: (words: Uint32Array): number => {
      const attributes = new Uint32Array(16);
      attributes.set(words);
      return bpf(SYS_BPF, LINK_CREATE, attributes, attributes.byteLength);
    },
    runProgram: (attributes: object): number => programRun(SYS_BPF, RUN_PROGRAM, attributes, 40),
    closeFd: inThread(libc.func('int close(int)')) as (fd: number) => Promise<number>,
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
    uprobeMulti: has('bpf_uprobe_multi_link_attach', BTF_FUNC),
  };
  lib.freeTypes(types);
  return abilities;
}

/** One object file with its programs and maps. Nothing of it is in the kernel before `load`, nor after `close`. */
export class BpfObject {
  readonly #lib: Libbpf;
  readonly #object: Pointer;
  readonly #maps = new Map<string, Pointer>();
  readonly #links = new Set<Link>();
  /** Probes that are being put in at present. */
  readonly #attaching = new Set<Promise<unknown>>();
  #uprobeMulti = false;
  readonly #state: Uint32Array;
  #isClosed = false;

  /** @param name of the source, bpf/NAME.bpf.c */
  constructor(lib: Libbpf, name: string) {
    this.#lib = lib;
    const file = objectFile(name);
    if (!existsSync(file)) throw new EbpfError(`the eBPF programs are not built (${file}): run "npm run setup"`);
    if (!isBuiltFromHere(file))
      throw new EbpfError(
        `the eBPF programs (${file}) were built from other sources than Flowloom: run "npm run setup"`,
      );
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

  /** The programs look again at what maps say of processes. They read this and the next while they run: `struct state` of bpf/kernel.h. */
  processesChanged(): void {
    this.#setState(0, (this.#state[0] + 1) >>> 0 || 1);
  }

  /** Whether there are probes in TLS libraries. */
  setTls(isOn: boolean): void {
    if (this.#state[1] !== Number(isOn)) this.#setState(1, Number(isOn));
  }

  /** Whether calls are told at all. */
  setPaused(isOn: boolean): void {
    this.#setState(2, Number(isOn));
  }

  #setState(word: number, value: number): void {
    this.#state[word] = value;
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

  /** Attaches a tracepoint program where its section says. Returns what takes it out again. */
  attach(program: string): () => Promise<unknown> {
    const link = this.#lib.attach(this.#program(program));
    if (link === null) throw new EbpfError(`cannot attach ${program}: ${this.#errorName(this.#lib.koffi.errno())}`);
    const detach = () => this.#lib.destroyLink(link);
    this.#links.add(detach);
    return async () => {
      if (this.#links.delete(detach)) await detach();
    };
  }

  /** Shows a program each frame that comes in at an interface, before all others there (Linux 6.6), until `close`. */
  attachIngress(program: string, interfaceIndex: number): void {
    const programFd = this.#lib.programFd(this.#program(program));
    const fd = this.#lib.createLinkNow(new Uint32Array([programFd, interfaceIndex, TCX_INGRESS, BEFORE]));
    if (fd < 0) throw new EbpfError(`cannot attach ${program}: ${this.#errorName(this.#lib.koffi.errno())}`);
    this.#links.add(() => this.#lib.closeFd(fd));
  }

  /** Runs a program for frames itself, once and now, with an empty one. */
  run(program: string): void {
    const data_in = new Uint8Array(64);
    const programFd = this.#lib.programFd(this.#program(program));
    const frame = { data_size_in: data_in.length, data_in, data_size_out: 0, data_out: null, retval: 0 };
    if (this.#lib.runProgram({ prog_fd: programFd, ...frame, repeat: 1, duration: 0 }) < 0)
      throw new EbpfError(`cannot run ${program}: ${this.#errorName(this.#lib.koffi.errno())}`);
  }

  /** Probes of one kind have one link for all places of a file, where the kernel can (Linux 6.6). To be called before `load`. */
  useUprobeMulti(programs: readonly string[]): void {
    for (const program of programs) this.#lib.setAttachType(this.#program(program), TRACE_UPROBE_MULTI);
    this.#uprobeMulti = true;
  }

  /**
   * Puts probes into a program file, for every process that runs it. Resolves to what takes them out again. Both take some
   * time, in a thread of their own. Rejects with an `EbpfError`.
   */
  attachUprobes(program: string, file: string, places: readonly Place[], atReturn: boolean): Promise<() => void> {
    const attaching = this.#attachAll(program, file, places, atReturn);
    const known: Promise<unknown> = attaching.catch(() => {}).then(() => this.#attaching.delete(known));
    this.#attaching.add(known);
    return attaching;
  }

  /** When all uprobes are in that have been asked for by now, or could not be put in. */
  async attached(): Promise<void> {
    await Promise.all(this.#attaching);
  }

  async #attachAll(program: string, file: string, places: readonly Place[], atReturn: boolean): Promise<() => void> {
    const links = this.#uprobeMulti
      ? [await this.#attachTogether(program, file, places, atReturn)]
      : await Promise.all(places.map((place) => this.#attachOne(program, file, place, atReturn)));
    const detach = async () => {
      await Promise.all(links.map((link) => link !== undefined && this.#links.delete(link) && link()));
    };
    for (const link of links) if (link !== undefined) this.#links.add(link);
    if (!this.#isClosed && !links.includes(undefined)) return detach;
    await detach();
    throw new EbpfError(`cannot attach ${program} to ${file}`);
  }

  async #attachTogether(
    program: string,
    file: string,
    places: readonly Place[],
    atReturn: boolean,
  ): Promise<Link | undefined> {
    const fd = await this.#lib.createLink({
      prog_fd: this.#lib.programFd(this.#program(program)),
      target_fd: 0,
      attach_type: TRACE_UPROBE_MULTI,
      link_flags: 0,
      path: file,
      offsets: BigUint64Array.from(places, ({ offset }) => BigInt(offset)),
      ref_ctr_offsets: null,
      cookies: BigUint64Array.from(places, ({ cookie }) => BigInt(cookie)),
      cnt: places.length,
      flags: atReturn ? UPROBE_MULTI_RETURN : 0,
      pid: 0,
    });
    return fd < 0 ? undefined : () => this.#lib.closeFd(fd);
  }

  async #attachOne(
    program: string,
    file: string,
    { offset, cookie }: Place,
    atReturn: boolean,
  ): Promise<Link | undefined> {
    const options = { sz: 40, ref_ctr_offset: 0, bpf_cookie: cookie, retprobe: atReturn, func_name: null };
    const link = await this.#lib.attachUprobe(this.#program(program), -1, file, offset, options);
    return link === null ? undefined : () => this.#lib.destroyLink(link);
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

  /** A number in a map by process; 0 where there is none. */
  valueOf(map: string, pid: number): number {
    const value = new BigUint64Array(1);
    return this.read(map, pid, value) ? Number(value[0]) : 0;
  }

  /** The words of a value in a map by process, of that many. False where there is none. */
  read(map: string, pid: number, value: BigUint64Array<ArrayBuffer>): boolean {
    return this.#lib.lookupElement(this.mapFd(map), wordsOf(pid), new Uint8Array(value.buffer)) === 0;
  }

  /** Sum over processors of a counter in an array by processor. */
  sum(map: string, index: number): number {
    const values = new BigUint64Array(this.#lib.possibleCpus());
    if (this.#lib.lookupElement(this.mapFd(map), wordsOf(index), new Uint8Array(values.buffer)) !== 0) return 0;
    return Number(values.reduce((sum, value) => sum + value, 0n));
  }

  /** Takes all out of the kernel again. Each probe takes the kernel a tenth of a second: they go side by side. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = [...this.#links].map((link) => link());
    this.#links.clear();
    await Promise.all([...gone, ...this.#attaching]); // what comes in now goes out at once
    this.#lib.closeObject(this.#object);
  }
}

/** Numbers of 32 bits, as keys and values of maps have them. */
export const wordsOf = (...numbers: number[]): Uint8Array => new Uint8Array(Uint32Array.from(numbers).buffer);
