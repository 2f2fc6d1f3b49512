import type { BpfObject } from './libbpf.ts';

/** `ORDERS` of bpf/maps.h. */
const SLOTS = 65_536;
/** Bits of `enum order_what` in bpf/maps.h. */
const what = { noPayload: 1, skipRead: 2, skipWrite: 4, silent: 8, noPlaintext: 16 } as const;

/** What the kernel shall leave out, by socket. The kernel forgets those of sockets that are closed, or whose place another one takes. */
export class Orders {
  readonly #object: BpfObject;
  readonly #key = new Uint32Array(1);
  readonly #keyBytes = new Uint8Array(this.#key.buffer);
  /** `struct order`: socket, what, and where reading and writing are of interest again. */
  readonly #value = new Uint32Array(4);
  readonly #valueBytes = new Uint8Array(this.#value.buffer);

  constructor(object: BpfObject) {
    this.#object = object;
  }

  noPayload(socket: number): void {
    this.#set(socket, what.noPayload);
  }

  noPlaintext(socket: number): void {
    this.#set(socket, what.noPayload | what.noPlaintext);
  }

  forget(socket: number): void {
    this.#set(socket, 0);
  }

  silence(socket: number): void {
    this.#set(socket, what.silent);
  }

  /** Replaces what was said of the other direction: rarely are both in the middle of long messages. */
  skipUntil(socket: number, direction: 'read' | 'write', seq: number): void {
    this.#value[2] = this.#value[3] = seq;
    this.#set(socket, direction === 'read' ? what.skipRead : what.skipWrite);
  }

  #set(socket: number, order: number): void {
    this.#key[0] = socket % SLOTS;
    this.#value[0] = socket;
    this.#value[1] = order;
    this.#object.update('orders', this.#keyBytes, this.#valueBytes);
  }
}
