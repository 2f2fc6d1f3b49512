import type { Libc } from '../libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const RTMGRP_LINK = 1;

/** Tells that interfaces have come, gone or changed (rtnetlink(7)). */
export class LinkChanges {
  readonly #libc: Libc;
  readonly fd: number;
  readonly #message = new Uint8Array(8192);

  /** Throws a `SystemCallError`. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    // struct sockaddr_nl: u16 family, u16, u32 port, u32 groups
    libc.bind(this.fd, new Uint8Array(new Uint32Array([AF_NETLINK, 0, RTMGRP_LINK]).buffer));
  }

  /** Whether there were any since the last call. */
  take(): boolean {
    let any = false;
    while (this.#libc.receive(this.fd, this.#message)) any = true;
    return any;
  }

  close(): void {
    this.#libc.close(this.fd);
  }
}
