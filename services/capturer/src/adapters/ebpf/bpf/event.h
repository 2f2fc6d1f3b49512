// What user space reads from the ring: `adapters/ebpf/event-reader.ts` has the same offsets.
#pragma once
#include <linux/types.h>

/** Bytes of payload in one event; a longer message comes in several. */
#define PIECE_BYTES 4096

enum kind {
  KIND_READ = 1,
  KIND_WRITE,
  KIND_CONNECT,
  KIND_ACCEPT,
  KIND_CLOSE,
  KIND_SOCKET,
  KIND_CLONE,
  KIND_EXEC,
  KIND_EXIT,
  KIND_WAKE,
  KIND_IO_URING,
  KIND_HANDOFF,
  KIND_TAKE,
  KIND_TASK,
  KIND_TIMERS,
  KIND_PUT,
  KIND_GET,
  KIND_HOLD,
  KIND_WAKE_TASK,
  KIND_MAKE_TASK,
  KIND_REACH,
  KIND_CLASSES,
  KIND_AWAITED,
  KIND_RUNNING,
  KIND_ADDRESSES = KIND_RUNNING + 2, // the one in between is of user space alone
  KIND_PATH,
};

enum transport { TRANSPORT_NONE, TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_UNIX };

enum flag {
  FLAG_SEQ = 1,
  FLAG_TLS = 2,
  FLAG_IPV6 = 4,
  /** A process of Flowloom itself: only its connections are told, so that their other ends can be left out too. */
  FLAG_OWN = 8,
  /** `peer` is the TLS session, not a socket: which socket it uses is not known yet. */
  FLAG_NO_SOCKET = 16,
  /** Timers of the thread's loop may have run in this turn. */
  FLAG_TIMERS = 32,
  /** `goid` and `parent_goid` are doubles: the asynchronous resource of Node.js that is executing, and the youngest one. */
  FLAG_ASYNC_IDS = 64,
  /**
   * Of a thread of a JVM: `parent_goid` is the top of its allocation buffer, which begins at `futex` and has `other_pid` words left;
   * `other_tid` counts collections of garbage. With FLAG_ASYNC_IDS: `futex` is the top of what the main thread of Node.js fills,
   * which began `other_pid` words before.
   */
  FLAG_BUFFER = 128,
};

/** What of a socket or process rarely changes: in front of the event, or told less than a second before. */
struct about {
  __u64 mark; // ABOUT_MARK, or ABOUT_SOCKET_MARK: user space shall remember it, by the socket
  __u32 peer; // Unix: the socket at the other end; put: which queue
  __u16 local_port;
  __u16 remote_port;
  __u32 local_address[4]; // network byte order; IPv4 in the first word
  __u32 remote_address[4];
  char process[16];
};

/** No event begins so: that would be a time. */
#define ABOUT_MARK 0xffffffff00000000ULL
#define ABOUT_SOCKET_MARK 0xffffffff00000001ULL

struct event {
  __u64 time_ns; // CLOCK_MONOTONIC
  __u64 goid;
  __u64 parent_goid;
  __u64 futex; // wake: where the woken thread slept; put, get: address of what is passed on; tasks: the other one; Node.js: a session of HTTP/2
  __u32 pid;
  __u32 tid;
  __u32 socket;
  __s32 fd;
  __u32 seq; // put: 1 where the object's type says that it is a job
  __u32 length;
  __u32 other_tid;
  __u32 other_pid;
  __u32 turn; // how often the thread has begun to wait for many descriptors
  __u8 kind;
  __u8 transport;
  __u8 flags;
  __u8 unused;
  __u32 captured;
  __u32 trigger; // with FLAG_ASYNC_IDS: the resource because of which the one that is executing was made; 0: not known
};

_Static_assert(sizeof(struct about) == 64 && sizeof(struct event) == 80, "layout of the event");
