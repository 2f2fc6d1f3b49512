// Copies payload out of the program's memory, piece by piece, and sends an event for each piece.
#pragma once
#include "socket.h"

#define MAX_PIECES 256

static __always_inline struct scratch *take_scratch(__u32 which) { return bpf_map_lookup_elem(&scratches, &which); }

/** Where half of the ring waits to be read, so much of a message is copied: its head, say, and no long body. */
#define HEAD_BYTES 1024

static __always_inline void spare_ring(struct scratch *scratch) {
  if (scratch->wanted <= HEAD_BYTES) return;
  if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) < bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 2) return;
  scratch->wanted = HEAD_BYTES;
  count(COUNT_SHORTENED);
}

/** How much of the message is wanted; false where the socket is not to be heard of at all. */
static __always_inline bool heed_orders(struct scratch *scratch) {
  struct event *event = &scratch->event;
  scratch->wanted = scratch->total < settings.payload_bytes ? scratch->total : settings.payload_bytes;
  struct order *order = order_of(event->socket);
  if (!order) return true;
  __u32 what = order->what;
  if (what & ORDER_SILENT) return false;
  bool writes = event->kind == KIND_WRITE;
  __u32 skip = writes ? ORDER_SKIP_WRITE : ORDER_SKIP_READ;
  if (what & ORDER_NO_PAYLOAD) {
    scratch->wanted = 0;
  } else if (what & skip) {
    __s32 ahead = (__s32)(order->until_seq[writes] - event->seq);
    if (ahead <= 0) order->what = what & ~skip;
    else if ((__u32)ahead >= scratch->total) scratch->wanted = 0;
  }
  return true;
}

/** How much of the message is to be copied; false where the socket is not to be heard of at all. */
static __always_inline bool ask_orders(struct scratch *scratch) {
  if (!heed_orders(scratch)) return false;
  spare_ring(scratch);
  return true;
}

static __always_inline bool is_unwanted_plaintext(__u32 socket) {
  struct order *order = order_of(socket);
  return order && order->what & ORDER_NO_PLAINTEXT;
}

static __always_inline bool is_silent(__u32 socket) {
  struct order *order = order_of(socket);
  return order && order->what & ORDER_SILENT;
}

struct copying {
  struct scratch *scratch;
  /** What is left of the part under way, and the number of the next one. */
  __u64 base;
  __u64 left;
  __u32 next;
  /** Bytes still to copy, to tell, and in the piece under way. */
  __u32 wanted;
  __u32 rest;
  __u32 filled;
  bool must_read;
  bool failed;
};

/** One step: begins a part, or copies as much of it as fits into the piece. Returns 1 to end. */
static long copy_step(__u32 step, struct copying *copying) {
  struct scratch *scratch = copying->scratch;
  struct event *event = &scratch->event;
  if (!copying->wanted) return 1;
  if (!copying->left) {
    __u32 next = copying->next++;
    if (next >= scratch->part_count || next >= MAX_PARTS) return 1;
    copying->base = scratch->parts[next & (MAX_PARTS - 1)].base;
    copying->left = scratch->parts[next & (MAX_PARTS - 1)].length;
    return 0;
  }
  __u32 at = copying->filled & (PIECE_BYTES - 1);
  __u32 n = PIECE_BYTES - at;
  if (n > copying->wanted) n = copying->wanted;
  if (n > copying->left) n = copying->left;
  if (bpf_probe_read_user(scratch->payload + at, n & (2 * PIECE_BYTES - 1), (void *)copying->base) < 0) {
    copying->failed = copying->must_read;
    if (!copying->failed) count(COUNT_LOST_PAGE);
    return 1;
  }
  copying->must_read = false;
  copying->base += n;
  copying->left -= n;
  copying->wanted -= n;
  copying->filled = at + n;
  if (copying->filled == PIECE_BYTES && copying->wanted) {
    event->length = PIECE_BYTES;
    submit(scratch, PIECE_BYTES);
    event->seq += PIECE_BYTES;
    copying->rest -= PIECE_BYTES;
    copying->filled = 0;
  }
  return 0;
}

#define FEW_PARTS 4

/** Copies a part behind the others, of one piece in all. Below 0: it cannot be read. A function that is verified once, whoever calls it. */
__noinline int copy_part(__u32 part) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return -1;
  __u32 at = scratch->filled & (PIECE_BYTES - 1);
  __u64 n = scratch->parts[part & (MAX_PARTS - 1)].length;
  if (n > scratch->wanted - at) n = scratch->wanted - at;
  scratch->filled = at + n;
  return bpf_probe_read_user(scratch->payload + at, n & (2 * PIECE_BYTES - 1), (void *)scratch->parts[part & (MAX_PARTS - 1)].base);
}

/** The same for the part of most messages, without a call. */
static __always_inline long copy_only_part(struct scratch *scratch) {
  __u64 n = scratch->parts[0].length;
  if (n > scratch->wanted) n = scratch->wanted;
  scratch->filled = n;
  return bpf_probe_read_user(scratch->payload, n & (2 * PIECE_BYTES - 1), (void *)scratch->parts[0].base);
}

/** Most messages: few parts, and one piece. As `send_pieces`. */
static __always_inline bool send_at_once(struct scratch *scratch, bool must_read) {
  scratch->filled = 0;
  bool is_one = scratch->part_count == 1 && scratch->wanted;
  if (is_one && copy_only_part(scratch) < 0) {
    if (must_read) return false;
    count(COUNT_LOST_PAGE);
    scratch->filled = 0;
  }
  for (int i = 0; i < FEW_PARTS; i++) {
    __u32 filled = scratch->filled;
    if (is_one || i >= scratch->part_count || filled >= scratch->wanted) break;
    if (copy_part(i) >= 0) continue;
    if (must_read && i == 0) return false;
    count(COUNT_LOST_PAGE);
    scratch->filled = filled;
    break;
  }
  scratch->event.length = scratch->total;
  submit(scratch, scratch->filled);
  return true;
}

/** Any message, in pieces. Verified once, too. */
__noinline int send_many(__u32 must_read) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  struct copying copying = {
      .scratch = scratch, .wanted = scratch->wanted, .rest = scratch->total, .must_read = must_read};
  bpf_loop(MAX_PARTS + MAX_PIECES, copy_step, &copying, 0);
  if (copying.failed) return 0;
  scratch->event.length = copying.rest;
  submit(scratch, copying.filled);
  return 1;
}

/**
 * Sends the message in pieces; the last one carries the length of all that was not copied. Returns false, with nothing
 * sent, where the first bytes could not be read and `must_read`.
 */
static __always_inline bool send_pieces(struct scratch *scratch, bool must_read) {
  bool few = scratch->wanted <= PIECE_BYTES && scratch->part_count <= FEW_PARTS;
  if (settings.loops && !few) return send_many(must_read);
  if (!few && scratch->wanted > PIECE_BYTES) scratch->wanted = PIECE_BYTES;
  return send_at_once(scratch, must_read);
}

static __always_inline void one_part(struct scratch *scratch, __u64 base, __u64 length) {
  scratch->parts[0].base = base;
  scratch->parts[0].length = length;
  scratch->part_count = 1;
  scratch->total = length;
}

/** Bytes in all parts of the message. Verified once, too. */
__noinline int sum_parts(void) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  __u32 total = 0;
  for (__u32 i = 0; i < MAX_PARTS; i++) {
    if (i >= scratch->part_count) break;
    total += scratch->parts[i].length;
  }
  scratch->total = total;
  return 0;
}

/** Reads an array of `struct iovec`. False where it is longer than is looked at, or cannot be read. */
static __always_inline bool many_parts(struct scratch *scratch, __u64 array, __u64 part_count) {
  bool all = part_count <= MAX_PARTS;
  __u32 n = all ? part_count : MAX_PARTS;
  scratch->part_count = n;
  scratch->total = 0;
  if (bpf_probe_read_user(scratch->parts, (n & (2 * MAX_PARTS - 1)) * sizeof(struct part), (void *)array) < 0) {
    scratch->part_count = 0;
    return false;
  }
  sum_parts();
  return all;
}

/** `struct user_msghdr` of a 64-bit program, and that of sendmmsg and recvmmsg. */
struct message {
  __u64 name;
  __u32 name_length;
  __u32 unused;
  __u64 parts;
  __u64 part_count;
  __u64 control[2];
  __u32 flags;
  __u32 unused2;
};
struct counted_message { struct message message; __u32 length; __u32 unused; };

/** The message of a `struct user_msghdr` and, of a datagram, its other end. */
static __always_inline bool message_parts(struct scratch *scratch, __u64 address) {
  struct message message;
  if (bpf_probe_read_user(&message, sizeof(message), (void *)address) < 0) return false;
  describe_peer(scratch, message.name);
  return many_parts(scratch, message.parts, message.part_count);
}

/** Begins the event of a socket; false where nobody wants it. `sp`: the thread's stack. */
static __always_inline bool begin_socket_at(struct scratch *scratch, struct sock_ref *ref, __u8 kind, __u32 fd, __u64 regs, __u64 sp) {
  if (!find_socket(ref, fd)) return false;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  event->fd = fd;
  bool is_message = kind == KIND_READ || kind == KIND_WRITE;
  if (!(is_message && was_told(scratch, ref)) && (!name_process(scratch) || !describe(scratch, ref))) return false;
  struct thread *thread = thread_of(event->tid);
  if (!thread) return false;
  name_runner(event, thread, regs, sp);
  note_activity(event, thread);
  return true;
}

static __always_inline bool begin_socket(struct scratch *scratch, struct sock_ref *ref, __u8 kind, __u32 fd, __u64 regs) {
  return begin_socket_at(scratch, ref, kind, fd, regs, STACK_POINTER(regs));
}
