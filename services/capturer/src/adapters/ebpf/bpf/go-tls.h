// Plaintext of Go's crypto/tls. A goroutine may go on in another thread between a call and its return: what is known of a call is
// kept by goroutine. The programs are attached behind the check of the stack, and at return instructions.
#pragma once
#include "handoff.h"

#if defined(__TARGET_ARCH_x86)

struct go_task { __u64 g; __u32 pid; __u32 unused; };

/** A Read that a goroutine is in. */
struct go_tls_read {
  __u64 connection;
  __u64 buffer;
  /** Where the record begins that was read last. */
  __u32 seq;
  __u32 has_seq;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct go_task);
  __type(value, struct go_tls_read);
} go_tls_reads SEC(".maps");

/** `struct tls.Conn` begins with its `net.Conn`. */
static __always_inline int go_tls_descriptor(struct sock_ref *ref, __u64 connection) {
  return go_descriptor(ref, word_at(connection + 8));
}

/** Tells plaintext that is not in any system call; `seq` is that of its record, if known. */
static __always_inline void tell_go_tls(struct pt_regs___program *regs, __u8 kind, __u64 connection, struct part plaintext,
                                        __u32 seq, bool has_seq) {
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref = {};
  if (!scratch) return;
  int fd = go_tls_descriptor(&ref, connection);
  if (fd < 0 || !begin_socket_at(scratch, &ref, kind, fd, 0, regs->sp)) return;
  struct event *event = &scratch->event;
  event->flags |= FLAG_TLS;
  if (kind == KIND_WRITE && ref.tcp) { // encrypted now, written next
    seq = FIELD(tcp_sock, ref.tcp, write_seq);
    has_seq = true;
  }
  if (has_seq) {
    event->seq = seq;
    event->flags |= FLAG_SEQ;
  }
  one_part(scratch, plaintext.base, plaintext.length);
  scratch->wanted = scratch->total < settings.payload_bytes ? scratch->total : settings.payload_bytes;
  if (is_unwanted_plaintext(event->socket)) scratch->wanted = 0;
  send_pieces(scratch, false);
}

static __always_inline struct go_task go_task_of(struct pt_regs___program *regs) {
  struct go_task task = {.g = regs->r14, .pid = current_ids() >> 32};
  return task;
}

/** crypto/tls.(*Conn).Write(c, b) */
SEC("uprobe")
int go_tls_writes(struct pt_regs___program *regs) {
  struct part plaintext = {.base = GO_ARGUMENT_2(regs), .length = GO_ARGUMENT_3(regs)};
  if (plaintext.length && !state.paused && !is_own()) tell_go_tls(regs, KIND_WRITE, GO_ARGUMENT_1(regs), plaintext, 0, false);
  return 0;
}

/** crypto/tls.(*Conn).Read(c, b) */
SEC("uprobe")
int go_tls_reads_begin(struct pt_regs___program *regs) {
  struct go_task task = go_task_of(regs);
  struct go_tls_read read = {.connection = GO_ARGUMENT_1(regs), .buffer = GO_ARGUMENT_2(regs)};
  if (!state.paused && task.pid != settings.own_pid) bpf_map_update_elem(&go_tls_reads, &task, &read, BPF_ANY);
  return 0;
}

/**
 * crypto/tls.(*Conn).readRecordOrCCS(c, ...) begins to read a record: it is the first one behind what has been taken from the
 * socket, less what lies in `c.rawInput`, a bytes.Buffer { buf []byte; off int } whose place is the cookie.
 */
SEC("uprobe")
int go_tls_reads_record(struct pt_regs___program *regs) {
  struct go_task task = go_task_of(regs);
  struct go_tls_read *read = bpf_map_lookup_elem(&go_tls_reads, &task);
  struct sock_ref ref = {};
  if (!read || read->connection != GO_ARGUMENT_1(regs) || go_tls_descriptor(&ref, read->connection) < 0) return 0;
  if (FIELD(sock, ref.sk, sk_protocol) != IPPROTO_TCP) return 0;
  __u64 buffered = read->connection + bpf_get_attach_cookie(regs);
  read->seq = behind_last_read(ref.sk) - (__u32)(word_at(buffered + 8) - word_at(buffered + 24));
  read->has_seq = 1;
  return 0;
}

/** crypto/tls.(*Conn).Read returns how many bytes it has put into the buffer. */
SEC("uprobe")
int go_tls_reads_end(struct pt_regs___program *regs) {
  struct go_task task = go_task_of(regs);
  struct go_tls_read *found = bpf_map_lookup_elem(&go_tls_reads, &task);
  if (!found) return 0;
  struct go_tls_read read = *found;
  bpf_map_delete_elem(&go_tls_reads, &task);
  __s64 bytes = regs->ax;
  if (bytes <= 0) return 0;
  struct part plaintext = {.base = read.buffer, .length = bytes};
  tell_go_tls(regs, KIND_READ, read.connection, plaintext, read.seq, read.has_seq);
  return 0;
}

#endif
