import type { SyscallEvent } from '../../core/syscalls/syscall-event.ts';

/** Twice what the kernel's side knows at the same time (`ORDERS` in bpf/maps.h). */
const MAX_SOCKETS = 131_072;

interface Known {
  process: string;
  localPort: number;
  remotePort: number;
  /** Local address, remote address. */
  readonly addresses: Uint32Array;
}

/** What was told about TCP connections, which their events then come without. Bounded: what was told longest ago goes first. */
export class KnownSockets {
  readonly #sockets = new Map<number, Known>();

  /** The kernel leaves out from now on what this event says about its socket. */
  remember(event: SyscallEvent): void {
    const known = this.#sockets.get(event.socket) ?? {
      process: '',
      localPort: 0,
      remotePort: 0,
      addresses: new Uint32Array(8),
    };
    known.process = event.process;
    known.localPort = event.localPort;
    known.remotePort = event.remotePort;
    known.addresses.set(event.localAddress, 0);
    known.addresses.set(event.remoteAddress, 4);
    this.#sockets.delete(event.socket); // to stand behind all others
    this.#sockets.set(event.socket, known);
    if (this.#sockets.size <= MAX_SOCKETS) return;
    const [oldest] = this.#sockets.keys();
    this.#sockets.delete(oldest);
  }

  /** Fills in what the event came without. False where it was never told. */
  describe(event: SyscallEvent): boolean {
    const known = this.#sockets.get(event.socket);
    if (known === undefined) return false;
    const { addresses } = known;
    const { localAddress, remoteAddress } = event;
    event.process = known.process;
    event.localPort = known.localPort;
    event.remotePort = known.remotePort;
    event.peerSocket = event.queue = 0;
    for (let i = 0; i < 4; i++) {
      localAddress[i] = addresses[i];
      remoteAddress[i] = addresses[4 + i];
    }
    return true;
  }

  forget(socket: number): void {
    this.#sockets.delete(socket);
  }
}
