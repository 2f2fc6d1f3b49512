// What the programs keep, and what user space sets. All of it goes when the last descriptor of the capturer is closed.
#pragma once
#include "event.h"
#include "kernel.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 24);
} events SEC(".maps");

/** Of one message: Node.js writes what many streams of HTTP/2 have in one go, some three parts each. */
#define MAX_PARTS 256

/** `struct iovec` of a 64-bit program. */
struct part { __u64 base; __u64 length; };

/** An event is put together here; three pieces, so that masks are enough for the verifier. */
struct scratch {
  struct about about;
  struct event event;
  char payload[3 * PIECE_BYTES];
  /** Where the message lies in the program's memory. */
  struct part parts[MAX_PARTS];
  __u32 part_count;
  /** Bytes of the message, and how many of them are to be copied. */
  __u32 total;
  __u32 wanted;
  /** How many were. */
  __u32 filled;
  /** The event goes without `about`, which was told before. */
  __u32 is_told;
  /** `about` goes with a mark: events of the socket need not have it for a while. */
  __u32 is_lasting;
};
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 2); // 0 in system calls, 1 in the scheduler's tracepoints, which may come in between
  __type(key, __u32);
  __type(value, struct scratch);
} scratches SEC(".maps");

enum count {
  /** The ring was full. */
  COUNT_LOST_RING,
  /** Payload that could not be read: its page was not in memory. */
  COUNT_LOST_PAGE,
  /** Messages of sendmmsg and recvmmsg, and parts of writev and readv, beyond those looked at. */
  COUNT_LOST_PARTS,
  /** Messages of which the head alone was copied, as the ring was filling. */
  COUNT_SHORTENED,
  COUNT_IO_URING,
  COUNTS
};
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, COUNTS);
  __type(key, __u32);
  __type(value, __u64);
} counts SEC(".maps");

static __always_inline void count(__u32 what) {
  __u64 *value = bpf_map_lookup_elem(&counts, &what);
  if (value) (*value)++;
}

/** Names of processes, cgroup ids, ports and namespaces to look at, or not to. */
struct process_name { char text[16]; };
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
  __type(key, struct process_name);
  __type(value, __u8);
} processes SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u64);
  __type(value, __u8);
} cgroups SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u16);
  __type(value, __u8);
} ports SEC(".maps");
/** Network namespaces of sockets, by their inode numbers. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} namespaces SEC(".maps");

static __always_inline bool passes(__u32 filter, void *map, const void *key) {
  if (filter == FILTER_OFF) return true;
  return (bpf_map_lookup_elem(map, key) != 0) == (filter == FILTER_ONLY);
}

/**
 * What user space has learnt of a socket. By the low bits of its inode number: where two sockets fall together, the first one's
 * order is forgotten, and it is heard of again.
 */
struct order {
  __u32 socket;
  /** Bits of `enum order_what`. */
  __u32 what;
  /** By direction: read, write. */
  __u32 until_seq[2];
};
enum order_what {
  ORDER_NO_PAYLOAD = 1,
  /** No payload before `until_seq` of that direction. */
  ORDER_SKIP_READ = 2,
  ORDER_SKIP_WRITE = 4,
  /** The socket is not to be heard of at all. */
  ORDER_SILENT = 8,
  /** No plaintext of TLS is wanted. */
  ORDER_NO_PLAINTEXT = 16,
};
#define ORDERS 65536
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY); // a look costs a few loads, in a hash map as much as all else of a small message
  __uint(max_entries, ORDERS);
  __type(key, __u32);
  __type(value, struct order);
} orders SEC(".maps");

/** The order for the socket; 0 without. */
static __always_inline struct order *order_of(__u32 socket) {
  __u32 slot = socket & (ORDERS - 1);
  struct order *order = bpf_map_lookup_elem(&orders, &slot);
  return order && order->socket == socket ? order : 0;
}

/** A TCP connection of which `about` was told. By the low bits of its inode number, as an order. */
struct told_socket {
  __u32 socket;
  __u32 pid;
  /** Until when that is good: names of processes change, CLOCK_MONOTONIC. */
  __u64 until_ns;
};
#define TOLD_NS 1000000000ULL
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, ORDERS);
  __type(key, __u32);
  __type(value, struct told_socket);
} told_sockets SEC(".maps");

static __always_inline struct told_socket *told_of(__u32 socket) {
  __u32 slot = socket & (ORDERS - 1);
  return bpf_map_lookup_elem(&told_sockets, &slot);
}

/** Go programs, by process: where in `struct g` the ids are, and in `struct hchan` those who wait to receive. */
struct go_offsets { __u32 goid; __u32 parent_goid; __u32 receivers; };
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10240);
  __type(key, __u32);
  __type(value, struct go_offsets);
} go_programs SEC(".maps");

/**
 * Of a process that was asked what its threads hold: what is no memory of tasks, the program with its data and the libraries. As
 * programs/native-programs.ts finds them.
 */
struct native_program { __u64 program, program_bytes, libraries, libraries_bytes; };
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10240);
  __type(key, __u32);
  __type(value, struct native_program);
} native_programs SEC(".maps");

/** Processes of which it was told that they use io_uring. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} io_uring_users SEC(".maps");

/** A TLS record, with its header; length 0: none begins there. */
struct tls_record { __u32 seq; __u32 length; };

/**
 * What is known of a thread. By the low bits of its number: where two threads fall together, what was known of the first one is
 * forgotten.
 */
struct thread {
  __u32 tid;
  /** How often it has begun to wait for many descriptors at once. */
  __u32 turn;
  /** When it last read from a socket, or was woken by one that had, CLOCK_MONOTONIC. */
  __u64 active_ns;
  /** When it first did something since it began to wait; 0: not yet. */
  __u64 begun_ns;
  /** When the wait would have ended by itself, for a timer of the program. */
  __u64 timers_ns;
  /** When its timerfd will be ready, and the turn in which it was found to be. */
  __u64 alarm_ns;
  __u32 alarm_turn;
  /** When the write began that is told at its end, since something is not known before; 0: none. */
  __u64 write_ns;
  /** The TCP socket that it read last, outside of TLS calls, and whether what it read begins with a TLS handshake. */
  __s32 read_fd;
  __u32 read_hello;
  /** The first record in it, and the first with a message; no TLS call has returned any of it yet. */
  struct tls_record read_record;
  struct tls_record read_message;
  __u32 has_read;
  /** It is in a call of a TLS library. */
  __u32 in_tls;
  /** So many sessions at most have made a ClientHello in memory that it has not written. */
  __u32 hellos;
  /** `state.fitted` when the next two were looked up: `goid` 0 is no Go program, and whether its process has tasks. */
  __u32 fitted;
  __u16 goid;
  __u16 parent_goid;
  __u32 has_tasks;
  /** Its `JavaThread`; 0: not known. */
  __u64 java;
  /** So many of its calls in a row had no client's connection on the stack, and so many walks found nobody. */
  __u32 barren;
  __u32 barren_walks;
  __u32 barren_wakes;
  /** How far it had filled its buffer when it was last looked at as it woke another one. */
  __u64 walked_top;
  __u32 is_native;
};
#define THREADS 65536
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, THREADS);
  __type(key, __u32);
  __type(value, struct thread);
} threads SEC(".maps");

/** What is known of the thread; 0: nothing. */
static __always_inline struct thread *known_thread(__u32 tid) {
  __u32 slot = tid & (THREADS - 1);
  struct thread *thread = bpf_map_lookup_elem(&threads, &slot);
  return thread && thread->tid == tid ? thread : 0;
}

/** What is known of the thread; begins where nothing is. */
static __always_inline struct thread *thread_of(__u32 tid) {
  __u32 slot = tid & (THREADS - 1);
  struct thread *thread = bpf_map_lookup_elem(&threads, &slot);
  if (thread && thread->tid != tid) {
    __builtin_memset(thread, 0, sizeof(*thread));
    thread->tid = tid;
    thread->timers_ns = thread->alarm_ns = -1;
  }
  return thread;
}
