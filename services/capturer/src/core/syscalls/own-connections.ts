import type { SyscallEvent } from './syscall-event.ts';

const MAX_CONNECTIONS = 4096;

/** Connections that the capturer itself has opened, as their other ends on this host see them. */
export class OwnConnections {
  readonly #ends = new Set<string>();
  /** Most events have another port: no text is made for them. */
  readonly #ports = new Set<number>();

  add(event: SyscallEvent): void {
    if (event.transport === 'unix' || event.localPort === 0) return;
    if (this.#ends.size >= MAX_CONNECTIONS) {
      this.#ends.clear();
      this.#ports.clear();
    }
    this.#ends.add(key(event.localAddress, event.localPort, event.remotePort));
    this.#ports.add(event.localPort);
  }

  isOtherEnd(event: SyscallEvent): boolean {
    if (!this.#ports.has(event.remotePort)) return false;
    return this.#ends.has(key(event.remoteAddress, event.remotePort, event.localPort));
  }
}

function key(address: Uint32Array, port: number, otherPort: number): string {
  return `${address.join('.')}:${port}:${otherPort}`;
}
