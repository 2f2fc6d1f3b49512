import type { Libc } from '../libc.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const RTMGRP_LINK = 0x1;
/** Neighbours, addresses and routes of IPv4 and IPv6. */
const RTMGRP_OTHERS = 0x4 | 0x10 | 0x40 | 0x100 | 0x400;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;

/** What rtnetlink(7) says that is no longer as it was. */
export class LinkChanges {
  readonly #libc: Libc;
  readonly fd: number;
  readonly #message = new Uint8Array(8192);
  /** Interfaces have come, gone or changed. */
  links = true;
  /** So have neighbours, addresses or routes. */
  others = true;

  /** Throws a `SystemCallError`. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    // struct sockaddr_nl: u16 family, u16, u32 port, u32 groups
    libc.bind(this.fd, new Uint8Array(new Uint32Array([AF_NETLINK, 0, RTMGRP_LINK | RTMGRP_OTHERS]).buffer));
  }

  /** Takes what was told meanwhile into account. Both stay true until `forget`. */
  read(): void {
    for (;;) {
      const length = this.#libc.receive(this.fd, this.#message);
      if (length === 0) return;
      // struct nlmsghdr: u32 length, u16 type; changes come one in a datagram
      const type = this.#message[4] | (this.#message[5] << 8);
      if (length < 0 || type === RTM_NEWLINK || type === RTM_DELLINK) this.links = true;
      else this.others = true;
    }
  }

  forget(): void {
    this.links = false;
    this.others = false;
  }

  close(): void {
    this.#libc.close(this.fd);
  }
}
