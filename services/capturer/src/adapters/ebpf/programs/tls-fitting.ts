import type { BpfObject } from '../libbpf.ts';
import { FileProbes, type Probe } from './file-probes.ts';
import type { Fitting } from './program-watcher.ts';
import type { RunningProgram } from './running-program.ts';

const call = (begin: string): Probe => ({ begin, end: 'tls_return' });

const openssl: Readonly<Record<string, Probe>> = {
  SSL_write: call('tls_write'),
  SSL_read: call('tls_read'),
  SSL_write_ex: call('tls_write_ex'),
  SSL_read_ex: call('tls_read_ex'),
  SSL_do_handshake: call('tls_handshake'),
  SSL_free: { begin: 'tls_free' },
};
const gnutls: Readonly<Record<string, Probe>> = {
  gnutls_record_send: call('tls_write'),
  gnutls_record_recv: call('tls_read'),
  gnutls_handshake: call('tls_handshake'),
  gnutls_deinit: { begin: 'tls_free' },
};

/** Puts probes into the TLS libraries that processes run, shared or linked into the program. */
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
      if (/\/libssl[^/]*\.so/.test(library.name)) this.#openssl.use(pid, library);
      else if (/\/libgnutls\.so/.test(library.name)) this.#gnutls.use(pid, library);
    }
    this.#openssl.use(pid, exe);
    this.#object.setState({ tls: this.size > 0 });
  }

  ended(pid: number): void {
    this.#openssl.ended(pid);
    this.#gnutls.ended(pid);
    this.#object.setState({ tls: this.size > 0 });
  }
}
