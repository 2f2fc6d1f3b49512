import { createRequire } from 'node:module';
import os from 'node:os';
import { SO_ATTACH_FILTER, SOL_SOCKET } from './af-packet/tpacket.ts';

/** The few calls of the C library that the capturer needs. Each throws a `SystemCallError` where the kernel says no. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): void;
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): void;
  /** Gives a socket its kernel filter: an array of `struct sock_filter`. */
  attachFilter(fd: number, program: Uint8Array): void;
  bind(fd: number, address: Uint8Array): void;
  /** Maps `bytes` of the file for reading and, unless `readOnly`, writing. The memory is valid until `munmap`. */
  mmap(fd: number, bytes: number, offset?: number, readOnly?: boolean): Mapping;
  munmap(mapping: Mapping): void;
  /** Waits until one of the descriptors has something to read or an error, at most `timeoutMs`. Returns those with an error. */
  poll(fds: readonly number[], timeoutMs: number): number[];
  /** Takes a message off a socket without waiting. Returns its length, 0 where there was none, -1 where some were lost. */
  receive(fd: number, message: Uint8Array): number;
  close(fd: number): void;
  /** Reads how a thread is scheduled into a `struct sched_attr` of sched_setattr(2), or sets it so. */
  getSchedAttr(thread: number, attr: Uint8Array): void;
  setSchedAttr(thread: number, attr: Uint8Array): void;
  /** What must be added to CLOCK_MONOTONIC for the time since the epoch, µs. */
  monotonicOffsetUs(): number;
}

export interface Mapping {
  readonly pointer: unknown;
  readonly memory: ArrayBuffer;
}

/** A system call that failed; `code` is the name of errno (EPERM, ENODEV ...). */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = Object.entries(os.constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
    super(`${call}: ${code}`);
    this.code = code;
  }
}

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MSG_DONTWAIT = 0x40;
/** `struct pollfd`: i32 descriptor, i16 events asked for, i16 events that came. */
const POLLIN = 1;
const POLLERR = 8;
/** Numbers of calls for which older C libraries have no function. */
const SCHED_NUMBERS: Partial<Record<NodeJS.Architecture, { readonly set: number; readonly get: number }>> = {
  x64: { set: 314, get: 315 },
  arm64: { set: 274, get: 275 },
};
const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;

/** Loads the C library on first use: koffi costs 20 ms that a replay need not pay. */
export function loadLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const library = koffi.load('libc.so.6');
  const socket = library.func('int socket(int, int, int)');
  const setsockopt = library.func('int setsockopt(int, int, int, void*, uint32_t)');
  const Fprog = koffi.struct({ len: 'uint16_t', filter: 'void*' });
  const setFilter = library.func('setsockopt', 'int', ['int', 'int', 'int', koffi.pointer(Fprog), 'uint32_t']);
  const getsockopt = library.func('int getsockopt(int, int, int, void*, void*)');
  const bind = library.func('int bind(int, void*, uint32_t)');
  const mmap = library.func('void* mmap(void*, size_t, int, int, int, long)');
  const munmap = library.func('int munmap(void*, size_t)');
  const receive = library.func('long recv(int, void*, size_t, int)');
  const poll = library.func('int poll(void*, unsigned long, int)');
  const close = library.func('int close(int)');
  const syscall = library.func('long syscall(long, long, void*, long, long)');
  const sched = SCHED_NUMBERS[process.arch] ?? { set: -1, get: -1 }; // of no call: ENOSYS
  const clockGettime = library.func('int clock_gettime(int, void*)');
  const timespec = new BigInt64Array(2);
  const now = (clock: number): number => {
    clockGettime(clock, timespec);
    return Number(timespec[0]) * 1e6 + Number(timespec[1]) / 1000;
  };

  const check = (call: string, result: number): number => {
    if (result < 0) throw new SystemCallError(call, koffi.errno());
    return result;
  };
  return {
    socket: (domain, type, protocol) => check('socket', socket(domain, type, protocol)),
    setsockopt: (fd, level, option, value) => {
      check(`setsockopt(${level}, ${option})`, setsockopt(fd, level, option, value, value.length));
    },
    getsockopt: (fd, level, option, value) => {
      const length = new Uint8Array(new Uint32Array([value.length]).buffer);
      check(`getsockopt(${level}, ${option})`, getsockopt(fd, level, option, value, length));
    },
    attachFilter: (fd, program) => {
      const fprog = { len: program.length / 8, filter: program };
      check('SO_ATTACH_FILTER', setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, fprog, 16));
    },
    bind: (fd, address) => {
      check('bind', bind(fd, address, address.length));
    },
    mmap: (fd, bytes, offset = 0, readOnly = false) => {
      const pointer = mmap(null, bytes, readOnly ? PROT_READ : PROT_READ_WRITE, MAP_SHARED, fd, offset);
      if (koffi.address(pointer) === 0xffff_ffff_ffff_ffffn) throw new SystemCallError('mmap', koffi.errno());
      return { pointer, memory: koffi.view(pointer, bytes) };
    },
    munmap: ({ pointer, memory }) => {
      check('munmap', munmap(pointer, memory.byteLength));
    },
    // An interrupted wait is no error: the caller looks at the ring anyway.
    poll: (fds, timeoutMs) => {
      const pollFds = new Int32Array(fds.flatMap((fd) => [fd, POLLIN]));
      poll(pollFds, fds.length, timeoutMs);
      return fds.filter((_, i) => ((pollFds[2 * i + 1] >>> 16) & POLLERR) !== 0);
    },
    receive: (fd, message) => {
      const length = receive(fd, message, message.length, MSG_DONTWAIT);
      if (length >= 0) return length;
      return koffi.errno() === os.constants.errno.ENOBUFS ? -1 : 0;
    },
    close: (fd) => {
      check('close', close(fd));
    },
    getSchedAttr: (thread, attr) => {
      check('sched_getattr', syscall(sched.get, thread, attr, attr.length, 0));
    },
    setSchedAttr: (thread, attr) => {
      check('sched_setattr', syscall(sched.set, thread, attr, 0, 0));
    },
    monotonicOffsetUs: () => {
      let best = 0;
      let shortest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 5; i++) {
        const before = now(CLOCK_MONOTONIC);
        const wall = now(CLOCK_REALTIME);
        const after = now(CLOCK_MONOTONIC);
        if (after - before >= shortest) continue;
        shortest = after - before;
        best = wall - (before + after) / 2;
      }
      return best;
    },
  };
}
