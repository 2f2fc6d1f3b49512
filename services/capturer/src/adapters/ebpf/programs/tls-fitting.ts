import { ElfFile } from '../elf/elf-file.ts';
import type { BpfObject } from '../libbpf.ts';
import type { Fitting } from './program-watcher.ts';
import type { MappedFile, RunningProgram } from './running-program.ts';

/** Programs of bpf/capture.bpf.c by the function that they watch. All but `tls_free` also watch its return. */
const openssl: Readonly<Record<string, string>> = {
  SSL_write: 'tls_write',
  SSL_read: 'tls_read',
  SSL_write_ex: 'tls_write_ex',
  SSL_read_ex: 'tls_read_ex',
  SSL_do_handshake: 'tls_handshake',
  SSL_free: 'tls_free',
};
const gnutls: Readonly<Record<string, string>> = {
  gnutls_record_send: 'tls_write',
  gnutls_record_recv: 'tls_read',
  gnutls_handshake: 'tls_handshake',
  gnutls_deinit: 'tls_free',
};

/** A file with probes, and the processes that run it. */
interface Fitted {
  readonly processes: Set<number>;
  readonly detach: (() => void)[];
}

/** Puts probes into the TLS libraries that processes run, shared or linked into the program, until the last one ends. */
export class TlsFitting implements Fitting {
  readonly #object: BpfObject;
  readonly #files = new Map<string, Fitted>();
  /** Files without TLS, by key. */
  readonly #without = new Set<string>();
  readonly #byProcess = new Map<number, Set<string>>();

  constructor(object: BpfObject) {
    this.#object = object;
  }

  /** Files with probes at present. */
  get size(): number {
    return this.#files.size;
  }

  fit({ pid, exe, libraries }: RunningProgram): void {
    for (const library of libraries) {
      const functions = functionsOf(library.name);
      if (functions !== undefined) this.#use(pid, library, functions);
    }
    this.#use(pid, exe, openssl);
  }

  #use(pid: number, file: MappedFile, functions: Readonly<Record<string, string>>): void {
    if (this.#without.has(file.key)) return;
    let fitted = this.#files.get(file.key);
    if (fitted === undefined) {
      const detach = this.#attach(file.path, functions);
      if (detach === undefined) return;
      if (detach.length === 0) {
        if (this.#without.size > 16_384) this.#without.clear();
        this.#without.add(file.key);
        return;
      }
      fitted = { processes: new Set(), detach };
      this.#files.set(file.key, fitted);
      this.#object.setState({ tls: true });
    }
    fitted.processes.add(pid);
    const files = this.#byProcess.get(pid) ?? new Set();
    this.#byProcess.set(pid, files.add(file.key));
  }

  /** What takes the probes out again, none where the file has no such function; undefined where it cannot be read now. */
  #attach(path: string, functions: Readonly<Record<string, string>>): (() => void)[] | undefined {
    const elf = ElfFile.open(path);
    if (elf === undefined) return undefined;
    const detach: (() => void)[] = [];
    try {
      for (const { name, address } of elf.symbols((symbol) => symbol in functions)) {
        const offset = elf.offsetOf(address);
        if (offset === undefined) continue;
        detach.push(this.#object.attachUprobe(functions[name], path, offset, false));
        if (functions[name] !== 'tls_free') detach.push(this.#object.attachUprobe('tls_return', path, offset, true));
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
      const fitted = this.#files.get(key);
      if (fitted === undefined) continue;
      fitted.processes.delete(pid);
      if (fitted.processes.size > 0) continue;
      for (const detach of fitted.detach) detach();
      this.#files.delete(key);
    }
    this.#byProcess.delete(pid);
    if (this.#files.size === 0) this.#object.setState({ tls: false });
  }
}

function functionsOf(name: string): Readonly<Record<string, string>> | undefined {
  if (/\/libssl[^/]*\.so/.test(name)) return openssl;
  return /\/libgnutls\.so/.test(name) ? gnutls : undefined;
}
