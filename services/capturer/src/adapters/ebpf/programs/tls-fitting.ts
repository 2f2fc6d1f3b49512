import type { BpfObject } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

/** The function's number is that of `enum tls_function` in bpf/capture.bpf.c. */
const call = (cookie: number): Probe => ({ begin: 'tls_enter', end: 'tls_return', cookie });
const write = call(1);
const read = call(2);
const handshake = call(5);
const free: Probe = { begin: 'tls_enter', cookie: 6 };
const connects: Probe = { begin: 'tls_enter', cookie: 7 };

const openssl: Readonly<Record<string, Probe>> = {
  SSL_write: write,
  SSL_read: read,
  SSL_write_ex: call(3),
  SSL_read_ex: call(4),
  SSL_do_handshake: handshake,
  SSL_set_connect_state: connects,
  SSL_free: free,
};
const gnutls: Readonly<Record<string, Probe>> = {
  gnutls_record_send: write,
  gnutls_record_recv: read,
  gnutls_handshake: handshake,
  gnutls_deinit: free,
};

/**
 * Puts probes into the TLS libraries that processes run: shared, or linked into the program or a shared object of it (a module of
 * Python with BoringSSL, say), if their functions have symbols there.
 */
export class TlsFitting implements Fitting {
  readonly #object: BpfObject;
  readonly #openssl: FileProbes;
  readonly #gnutls: FileProbes;

  constructor(object: BpfObject) {
    this.#object = object;
    this.#openssl = new FileProbes(object, openssl);
    this.#gnutls = new FileProbes(object, gnutls);
  }

  /** Files with probes at present. */
  get size(): number {
    return this.#openssl.size + this.#gnutls.size;
  }

  fit({ pid, exe, libraries }: RunningProgram): void {
    for (const library of libraries) {
      if (/\/libgnutls\.so/.test(library.name)) this.#gnutls.use(pid, library);
      else this.#openssl.use(pid, library);
    }
    this.#openssl.use(pid, exe);
    this.#object.setTls(this.size > 0);
  }

  ended(pid: number): void {
    this.#openssl.ended(pid);
    this.#gnutls.ended(pid);
    this.#object.setTls(this.size > 0);
  }

  tick(nowMs: number): void {
    this.#openssl.tick(nowMs);
    this.#gnutls.tick(nowMs);
    this.#object.setTls(this.size > 0);
  }
}
