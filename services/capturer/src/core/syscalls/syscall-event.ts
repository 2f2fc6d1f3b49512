/** What happened. Numbers are those of the kernel's side (`adapters/ebpf/bpf/event.h`). */
export const SyscallKind = {
  /** Bytes came out of a socket: read, recvfrom, recvmsg, recvmmsg, readv, or TLS plaintext. At the call's return. */
  read: 1,
  /** Bytes go into a socket: write, sendto, sendmsg, sendmmsg, writev, sendfile, or TLS plaintext. At the call's start. */
  write: 2,
  /** A connection was begun by this process; it may still be in progress. */
  connect: 3,
  /** A connection was taken from a listening socket: its own role is server. */
  accept: 4,
  /** The last descriptor of a socket was closed by its process. A process that exits sends `exit` alone. */
  close: 5,
  /** A socket was made, not connected yet. */
  socket: 6,
  /** `tid` made the thread or process `otherTid` of `otherPid`. */
  clone: 7,
  /** The process runs another program from now on: `process` is its new name. */
  exec: 8,
  /** The thread has ended; with `otherTid` 0 it was the last of its process. */
  exit: 9,
  /** `tid` woke `otherTid` of the same process, which slept: futex, eventfd, pipe, condition variable. */
  wake: 10,
  /** The process does socket calls through io_uring, which are not seen. Once per process. */
  io_uring: 11,
  /**
   * Goroutine `goid` handed its request on this `socket` to the goroutine of the connection, which will write it: the next
   * request written on the socket is caused by `goid`, not by its writer. With a `seq`: the request of that stream is, which may
   * have been written already.
   */
  handoff: 12,
  /**
   * Task `goid` begins to serve the request of stream `seq` that was read from this `socket`, by whomever. Socket 0: it acts,
   * no more.
   */
  take: 13,
  /** Task `parentGoid` (0: none) made the task `goid`, which runs later, on any thread. */
  task: 14,
  /** The loop of Node.js runs its timers now: what the thread does until it reads or waits may be what they set off. */
  timers: 15,
  /** The thread, or its task, puts the object `object` into the `queue` of its process. */
  put: 16,
  /** It got that object out of a queue. */
  get: 17,
  /**
   * Before it writes, a thread of Java tells which objects of others it holds: `bytes` are their addresses, 8 bytes each, those
   * that it got first before others. A virtual thread tells its own.
   */
  hold: 18,
  /** Task `goid` woke the task `object` of its process, or made it: that one runs later, on any thread. */
  wakeTask: 19,
  makeTask: 20,
  /**
   * Before it writes, and when it has read, a thread of Java that works for others tells what can be reached from its task: `bytes` are
   * 8 bytes each, the nearest first: a number or address of 48 bits, how far it is (8 bits), and what it is (8 bits, `Reached`).
   */
  reach: 21,
  /** Classes of a JVM (`bytes`: their numbers, 4 bytes each) that are asked for. Stays in the source. */
  classes: 22,
  /**
   * Before a thread of Java writes, and when it has read: who waits for what happens on that socket, as `reach`. `lengthBytes`: which kind.
   * Where it writes a request or reads an answer on a session of java.net.http: who waits for that, the stream `seq`; else that is 0.
   */
  awaited: 23,
  /**
   * The main thread of Node.js tells, before it writes or connects, what runs; after it has read, and before it runs timers or jobs,
   * what has run since; and which jobs wait when they begin to run. `bytes` are words of 8 bytes: whether timers run (1) and whether the jobs
   * wait (2); the number of frame words; how many jobs of promises wait, or were begun since that was told last; for each frame of
   * JavaScript, the innermost one first, addresses of its function and its context; those of the jobs that wait, or of the youngest that
   * were begun, the oldest first; for each of them that of the state of the asynchronous function that goes on (0: none).
   */
  running: 24,
  /** Garbage was collected in Node.js: `bytes` are pairs of doubles, old and new addresses of objects that were moved. */
  moved: 25,
  /**
   * Before it writes, a thread of a program without a runtime tells what its registers and frames hold: `bytes`
   * are addresses of memory that is not its own stack, in 48 bits, and above these 16 bits of the place where each is; 8 bytes each.
   */
  addresses: 26,
  /** The thread, or its task, encodes a request for HTTP/2 with that path (`bytes`), by the `queue` of headers that a connection has. Python. */
  path: 27,
} as const;
export type SyscallKind = (typeof SyscallKind)[keyof typeof SyscallKind];

export type SocketTransport = 'tcp' | 'udp' | 'unix';
/** Who opened the connection: this process (`client`) or its peer (`server`); '' where it was not seen (or UDP). */
export type SocketRole = 'client' | 'server' | '';

/**
 * One thing that a thread did, as the kernel saw it. The source fills one object again and again: it and its memory are
 * borrowed during the call of `SyscallSink.event`; copy what must stay.
 *
 * Order: events of one thread come in their order, and those of one processor too. Between processors an event may come
 * up to some milliseconds late by `timeUs`; a message still comes after the wake, clone or message that caused it.
 */
export class SyscallEvent {
  kind: SyscallKind = SyscallKind.read;
  /** µs since the epoch. */
  timeUs = 0;

  /** Process and thread, as the host numbers them. */
  pid = 0;
  tid = 0;
  /**
   * The task that the thread runs: a goroutine and the one that started it (from Go 1.21 on), a virtual thread of Java (21 and
   * later), the context of a task of Python's asyncio; else 0.
   */
  goid = 0;
  parentGoid = 0;
  /**
   * Node.js, on its main thread: id of the asynchronous resource whose callback runs (0: none, as behind an await), and the
   * youngest id given so far, which tells in whose turn an id was given. 0: not known.
   */
  asyncId = 0;
  lastAsyncId = 0;
  /** The resource in whose callback, or scope, that whose callback runs was made; 0: not known. */
  triggerId = 0;
  /**
   * Which wait for many descriptors at once the thread has last begun (epoll_wait, epoll_pwait, epoll_pwait2; with the top bit
   * poll, ppoll, select, pselect6): events of one number belong to one turn of its loop. 0: it never did.
   */
  turn = 0;
  /** The time for which the thread had begun to wait is over: what it does in this turn may be what a timer set off. */
  timersDue = false;
  /** Name of the process (of its main thread), up to 15 bytes. */
  process = '';

  /**
   * The socket: its inode number, as in /proc/PID/fd and /proc/net/tcp. Unique while open, and given again only after
   * four thousand million others. 0 where the event has none.
   */
  socket = 0;
  /** Its descriptor in this process; -1 where not known. */
  fd = -1;
  transport: SocketTransport = 'tcp';
  role: SocketRole = '';
  /** Four words each, IPv4 as ::ffff:a.b.c.d, all 0 where not known and for Unix sockets. The memory is the event's. */
  readonly localAddress = new Uint32Array(4);
  readonly remoteAddress = new Uint32Array(4);
  /** 0 where not known, and for Unix sockets. */
  localPort = 0;
  remotePort = 0;
  /** Unix: inode number of the socket at the other end, 0 where not known. */
  peerSocket = 0;

  /**
   * TCP sequence number of the first byte, unsigned, as in packets; of plaintext that of the TLS record around it. `put`: 1 where the
   * object's type says that it is a job, 2 where whoever takes it makes a task for it.
   */
  seq = 0;
  /** False: `seq` is not known (UDP, Unix). */
  hasSeq = false;
  /**
   * Bytes of the message in this event: read, or handed over to be written. What the kernel did not take at once is
   * written again by the program, and comes again: over TCP with a `seq` that overlaps.
   */
  lengthBytes = 0;
  /** The payload that was copied: `bytes[start .. end)`, at most `lengthBytes`; less where the kernel was told to. */
  bytes: Uint8Array = nothing;
  start = 0;
  end = 0;
  /** The payload was taken before encryption or after decryption. The same bytes come encrypted in events of their own. */
  isTls = false;

  /** `clone`: the new thread and its process (the same one, for a thread). `wake`: who was woken. `exit`: see there. */
  otherTid = 0;
  otherPid = 0;
  /** `wake`: address of the futex at which the woken thread slept, which tells a queue from a lock; 0 for other sleeps. */
  futex = 0;
  /**
   * Java: where the thread makes its objects, one behind the other, from `bufferStart` to `bufferEnd`: it has come to `bufferTop`; 0:
   * not known. `collections` counts how often objects may have been moved.
   */
  bufferStart = 0;
  bufferTop = 0;
  bufferEnd = 0;
  collections = 0;
  /**
   * Node.js: where its main thread makes young objects, one behind the other: it has come from `heapStart` to `heapTop`; 0: not
   * known. `collections` counts as for Java.
   */
  heapStart = 0;
  heapTop = 0;
  /**
   * `put`, `get`: address of the object. `handoff` and `take` of Node.js: that of the session of HTTP/2 whose stream `seq` was
   * made, or whose callbacks run next; its socket is not told. `wakeTask`, `makeTask`: id of the other task.
   */
  object = 0;
  /** `put`: a number of the queue. */
  queue = 0;
}

const nothing = new Uint8Array(0);

/** Takes events one after another. */
export interface SyscallSink {
  event(event: SyscallEvent): void;
}

/** What an event tells as words of 8 bytes: addresses, and counts of them. */
export function wordsIn({ bytes, start, end }: SyscallEvent): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  return Array.from(
    { length: (end - start) >>> 3 },
    (_, i) => view.getUint32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true),
  );
}
