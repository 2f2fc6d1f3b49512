const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const CLOCK_THREAD_CPUTIME_ID = 3;
const requestBytes = 46;
const answerBytes = 160;

/** Both ends of a TCP connection over 127.0.0.1, in one thread, by the calls of the C library themselves. */
export class TalkToSelf {
  readonly #libc;
  readonly #client: number;
  readonly #server: number;
  readonly #buffer = new Uint8Array(answerBytes);
  readonly #time = new BigInt64Array(2);

  constructor(koffi: typeof import('koffi')) {
    const library = koffi.load('libc.so.6');
    const libc = {
      socket: library.func('int socket(int, int, int)'),
      bind: library.func('int bind(int, void*, uint32_t)'),
      listen: library.func('int listen(int, int)'),
      accept: library.func('int accept(int, void*, void*)'),
      connect: library.func('int connect(int, void*, uint32_t)'),
      name: library.func('int getsockname(int, void*, void*)'),
      option: library.func('int setsockopt(int, int, int, void*, uint32_t)'),
      send: library.func('long send(int, void*, size_t, int)'),
      receive: library.func('long recv(int, void*, size_t, int)'),
      close: library.func('int close(int)'),
      clock: library.func('int clock_gettime(int, void*)'),
    };
    this.#libc = libc;
    // struct sockaddr_in: u16 family, u16 port and u32 address in network order
    const address = new Uint8Array([AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const listener = libc.socket(AF_INET, SOCK_STREAM, 0);
    libc.bind(listener, address, address.length);
    libc.listen(listener, 1);
    libc.name(listener, address, new Uint8Array(new Uint32Array([address.length]).buffer));
    this.#client = libc.socket(AF_INET, SOCK_STREAM, 0);
    if (libc.connect(this.#client, address, address.length) !== 0) throw new Error('cannot connect to 127.0.0.1');
    this.#server = libc.accept(listener, null, null);
    libc.close(listener);
    const on = new Uint8Array([1, 0, 0, 0]);
    for (const end of [this.#client, this.#server]) libc.option(end, IPPROTO_TCP, TCP_NODELAY, on, on.length);
  }

  /** CPU time of this thread for so many requests and answers, ns. */
  cpuNs(exchanges: number): number {
    const before = this.#now();
    for (let i = 0; i < exchanges; i++) {
      this.#pass(this.#client, this.#server, requestBytes);
      this.#pass(this.#server, this.#client, answerBytes);
    }
    return this.#now() - before;
  }

  #pass(from: number, to: number, bytes: number): void {
    this.#libc.send(from, this.#buffer, bytes, 0);
    for (let left = bytes; left > 0; ) left -= this.#libc.receive(to, this.#buffer, left, 0);
  }

  #now(): number {
    this.#libc.clock(CLOCK_THREAD_CPUTIME_ID, this.#time);
    return Number(this.#time[0]) * 1e9 + Number(this.#time[1]);
  }

  close(): void {
    this.#libc.close(this.#client);
    this.#libc.close(this.#server);
  }
}
