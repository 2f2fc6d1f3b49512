// Plaintext of TLS: what OpenSSL, BoringSSL and GnuTLS are given to write and have read. Their calls read and write the
// socket themselves, which tells which one it is; where the program does that itself (a memory BIO, as in Node), it is
// the one to which who made its ClientHello writes that, or from which the thread has just read a handshake.
#pragma once
#include "node.h"
#include "tls-records.h"

enum tls_kind { TLS_READ, TLS_WRITE, TLS_OTHER };

/** A call that a thread is in. */
struct tls_call {
  __u64 session;
  __u64 buffer;
  /** SSL_read_ex, SSL_write_ex: where the number of bytes will be; 0 where the call returns it. */
  __u64 length_at;
  __u64 began_ns;
  /** Bytes that a call which reads has room for. */
  __u64 room;
  __u32 kind;
  /** The socket that the call has read or written; -1 for none, and its record. */
  __s32 fd;
  struct tls_record record;
  struct tls_record message;
  __u32 has_seq;
  __u32 unused;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, __u64);
  __type(value, struct tls_call);
} tls_calls SEC(".maps");

/** Of a session that will greet its server, and of one that has, in memory: its socket is not known yet. */
#define TLS_CLIENT -2
#define TLS_GREETS -3
/** Descriptor by session. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, struct tls_session);
  __type(value, __s32);
} tls_sessions SEC(".maps");

struct tls_greeter { __u64 task; __u32 tid; __u32 unused; };
/** Session by who has made its ClientHello in memory, and has not written it; 0: there are several. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, struct tls_greeter);
  __type(value, __u64);
} tls_hellos SEC(".maps");

/** Handshake.msg_type (RFC 8446 4). */
#define TLS_CLIENT_HELLO 1

struct tls_socket { __u32 pid; __s32 fd; };
/** What was read from a socket before a call returned it, while its thread has read from another one since: from many, as a loop does. */
struct tls_unreturned { struct tls_record record, message; };
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, struct tls_socket);
  __type(value, struct tls_unreturned);
} tls_unreturned SEC(".maps");

static __always_inline void keep_unreturned(struct thread *thread) {
  struct tls_socket socket = {.pid = current_ids() >> 32, .fd = thread->read_fd};
  struct tls_unreturned unreturned = {.record = thread->read_record, .message = thread->read_message};
  bpf_map_update_elem(&tls_unreturned, &socket, &unreturned, BPF_ANY);
}

/** A call that returns plaintext has read the socket itself: what was read of it before was none, but a handshake. */
static __always_inline void forget_read(struct thread *thread, __s32 fd) {
  struct tls_socket socket = {.pid = current_ids() >> 32, .fd = fd};
  if (thread->read_fd == fd) thread->has_read = 0;
  bpf_map_delete_elem(&tls_unreturned, &socket);
}

/** The thread has read ciphertext that a later call may return. */
static __always_inline void note_read(struct scratch *scratch, struct thread *thread, __u32 bytes) {
  if (thread->has_read && thread->read_record.length && thread->read_fd != scratch->event.fd) keep_unreturned(thread);
  thread->read_fd = scratch->event.fd;
  thread->read_record = first_record(scratch, bytes);
  thread->read_message = first_message(scratch, bytes);
  thread->has_read = 1;
}

static __always_inline struct tls_greeter greeter(void) {
  __u64 id = current_ids();
  return (struct tls_greeter){.task = current_task(id >> 32), .tid = (__u32)id};
}

/** The session has made its ClientHello, which who is running will write: other ones may do so in between. */
static __always_inline void note_hello(struct thread *thread, __u64 session) {
  struct tls_greeter who = greeter();
  if (bpf_map_lookup_elem(&tls_hellos, &who)) session = 0;
  bpf_map_update_elem(&tls_hellos, &who, &session, BPF_ANY);
  thread->hellos++;
}

/** What is written may be the ClientHello of a session: its socket is known by that. */
__noinline int find_hello(void) {
  struct scratch *scratch = take_scratch(0);
  struct thread *thread = known_thread(current_ids());
  if (!scratch || !thread) return 0;
  __u8 begin[TLS_RECORD_HEADER + 1];
  if (bpf_probe_read_user(begin, sizeof(begin), (void *)scratch->parts[0].base) < 0) return 0;
  if (begin[0] != TLS_HANDSHAKE || begin[1] != TLS_MAJOR || begin[TLS_RECORD_HEADER] != TLS_CLIENT_HELLO)
    return 0;
  struct tls_greeter who = greeter();
  __u64 *made = bpf_map_lookup_elem(&tls_hellos, &who);
  if (!made) return 0;
  struct tls_session session = {.session = *made, .pid = current_ids() >> 32};
  bpf_map_delete_elem(&tls_hellos, &who);
  thread->hellos--;
  if (session.session) bpf_map_update_elem(&tls_sessions, &session, &scratch->event.fd, BPF_EXIST);
  return 0;
}

/** A thread reads or writes a TCP socket: of the TLS call that it is in, if any. */
static __always_inline void note_tls(struct scratch *scratch, struct sock_ref *ref, __u32 bytes) {
  if (!state.tls || !ref->tcp) return;
  struct event *event = &scratch->event;
  struct thread *thread = thread_of(event->tid);
  if (!thread) return;
  __u64 id = current_ids();
  struct tls_call *call = thread->in_tls ? bpf_map_lookup_elem(&tls_calls, &id) : 0;
  if (call) {
    call->fd = event->fd;
    bool reads = event->kind == KIND_READ;
    struct tls_record record = {.seq = event->seq};
    if (reads && call->kind == TLS_READ) {
      record = first_record(scratch, bytes);
      forget_read(thread, event->fd);
    }
    // Where a header is read alone, what follows is no record: the last one is that of the plaintext which the call returns.
    if (reads == (call->kind != TLS_WRITE) && (!call->has_seq || record.length)) {
      call->record = call->message = record;
      call->has_seq = 1;
    }
    // A library that reads ahead may get the first message with the end of the handshake.
    if (call->kind == TLS_OTHER && event->kind == KIND_READ && bytes > TLS_RECORD_HEADER) {
      note_read(scratch, thread, bytes);
      thread->read_hello = 0;
    }
    return;
  }
  if (event->kind != KIND_READ) {
    if (thread->hellos) find_hello();
    return;
  }
  note_read(scratch, thread, bytes);
  thread->read_hello = scratch->payload[0] == TLS_HANDSHAKE && scratch->payload[1] == TLS_MAJOR;
}

static __always_inline int tls_begins(__u64 session, __u64 buffer, __u64 room, __u64 length_at, __u32 kind) {
  if (state.paused || is_own()) return 0;
  __u64 id = current_ids();
  struct tls_call call = {
      .session = session,
      .buffer = buffer,
      .length_at = length_at,
      .began_ns = bpf_ktime_get_ns(),
      .room = room,
      .kind = kind,
      .fd = -1,
  };
  bpf_map_update_elem(&tls_calls, &id, &call, BPF_ANY);
  struct thread *thread = thread_of(id);
  if (thread) thread->in_tls = 1;
  return 0;
}

/** The session will greet its server: until it has, no socket that was read is its. */
static __always_inline int tls_will_greet(__u64 address) {
  if (state.paused || is_own()) return 0;
  struct tls_session session = {.session = address, .pid = current_ids() >> 32};
  __s32 client = TLS_CLIENT;
  bpf_map_update_elem(&tls_sessions, &session, &client, BPF_ANY);
  return 0;
}

static __always_inline int tls_forgets(__u64 address) {
  struct tls_session session = {.session = address, .pid = current_ids() >> 32};
  bpf_map_delete_elem(&tls_sessions, &session);
  bpf_map_delete_elem(&tls_records, &session);
  return 0;
}

/** What was read from that socket last is what the call returns. */
static __always_inline void take_read(struct tls_call *call, struct thread *thread, __s32 fd) {
  struct tls_socket socket = {.pid = current_ids() >> 32, .fd = fd};
  struct tls_unreturned *unreturned = bpf_map_lookup_elem(&tls_unreturned, &socket);
  if (thread->has_read && thread->read_fd == fd) {
    call->record = thread->read_record;
    call->message = thread->read_message;
    thread->has_read = 0; // what a later call returns lies behind it
  } else if (unreturned) {
    call->record = unreturned->record;
    call->message = unreturned->message;
  } else {
    return;
  }
  call->has_seq = 1;
  if (unreturned) bpf_map_delete_elem(&tls_unreturned, &socket);
}

/** The descriptor of the call's session; remembers what the call has shown. -1 where nothing has. */
static __always_inline __s32 descriptor_of(struct tls_call *call) {
  struct tls_session session = {.session = call->session, .pid = current_ids() >> 32};
  __s32 *known = bpf_map_lookup_elem(&tls_sessions, &session);
  if (call->fd >= 0) {
    if (!known || *known != call->fd) bpf_map_update_elem(&tls_sessions, &session, &call->fd, BPF_ANY);
    return call->fd;
  }
  struct thread *thread = thread_of(current_ids());
  if (!thread) return known && *known >= 0 ? *known : -1;
  if (known && *known == TLS_CLIENT) {
    *known = TLS_GREETS;
    note_hello(thread, call->session);
    return -1;
  }
  if ((!known || *known < 0) && thread->read_hello) {
    __s32 fd = thread->read_fd;
    thread->read_hello = 0; // it belongs to one session
    bpf_map_update_elem(&tls_sessions, &session, &fd, BPF_ANY);
    return fd;
  }
  if (!known || *known < 0) return -1;
  if (call->kind == TLS_READ) take_read(call, thread, *known);
  return *known;
}

/** Of the plaintext that the call returns: where its record begins. */
static __always_inline void place_read(struct tls_call *call, __u64 bytes) {
  struct returned returned = {
      .session = {.session = call->session, .pid = current_ids() >> 32},
      .record = call->record,
      .message = call->message,
      .bytes = bytes,
      .room = call->room,
      .has_seq = call->has_seq,
  };
  place_plaintext(&returned);
  call->record = returned.record;
  call->has_seq = returned.has_seq;
}

/** The call returns: tells the plaintext. */
__noinline int tls_ends(long ret) {
  __u64 id = current_ids();
  struct tls_call *found = bpf_map_lookup_elem(&tls_calls, &id);
  if (!found) return 0;
  struct tls_call call = *found;
  bpf_map_delete_elem(&tls_calls, &id);
  struct thread *thread = thread_of(id);
  if (thread) thread->in_tls = 0;
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref = {};
  __s32 fd = descriptor_of(&call);
  if (fd < 0 || call.kind == TLS_OTHER || !scratch) return 0;
  __u64 length = ret > 0 ? ret : 0;
  if (length && call.length_at && bpf_probe_read_user(&length, sizeof(length), (void *)call.length_at) < 0) return 0;
  if (call.kind == TLS_READ) place_read(&call, length);
  __u8 kind = call.kind == TLS_WRITE ? KIND_WRITE : KIND_READ;
  if (!length || !begin_socket(scratch, &ref, kind, fd, 0)) return 0;
  struct event *event = &scratch->event;
  if (kind == KIND_WRITE) tell_what_runs(scratch, 0, false);
  event->flags |= FLAG_TLS;
  if (kind == KIND_WRITE) event->time_ns = call.began_ns;
  if (call.has_seq) {
    event->seq = call.record.seq;
    event->flags |= FLAG_SEQ;
  } else if (kind == KIND_WRITE && ref.tcp) { // encrypted now, written next
    event->seq = FIELD(tcp_sock, ref.tcp, write_seq);
    event->flags |= FLAG_SEQ;
  }
  one_part(scratch, call.buffer, length);
  scratch->wanted = length < settings.payload_bytes ? length : settings.payload_bytes;
  if (is_unwanted_plaintext(event->socket)) scratch->wanted = 0;
  spare_ring(scratch);
  send_pieces(scratch, false);
  return 0;
}
