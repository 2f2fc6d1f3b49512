// System calls on sockets, as events in a ring buffer: who, which socket, which bytes, when.
//
// Two raw tracepoints see every system call; all but a few numbers leave at once. A write is told when it begins: its
// sequence number and payload are known, and its reader cannot be told of first. What is not yet known then (a Unix
// socket has no sequence number that would tell a repeated byte; a page is not in memory) waits for the call's end.
// A read is told at its end.
#include "kernel.h"
#include "built-from.h"
#include <bpf/bpf_endian.h>
#include "tls.h"
#include "handoff.h"
#include "go-channels.h"
#include "java.h"
#include "node.h"
#include "native.h"
#include "python.h"
#include "tokio.h"

char LICENSE[] SEC("license") = "GPL";

#define EINPROGRESS 115
#define MSG_PEEK 2
#define TFD_TIMER_ABSTIME 1
#define MSG_ERRQUEUE 0x2000
#define MAX_MESSAGES 8
#define FUTEX_WAKE 1
/** Without what kind of futex it is. */
#define FUTEX_COMMAND 0x7f

// The functions that are not static are verified once each, whoever calls them.

/** Before a thread writes or connects, and when it has read: what its program's objects tell of what it does. In Node.js at each call. */
static __always_inline void tell_objects(struct scratch *scratch, __u64 regs) {
  struct event *event = &scratch->event;
  if (!settings.loops || !(event->flags & FLAG_BUFFER)) return;
  if (event->flags & FLAG_ASYNC_IDS) {
    tell_what_runs(scratch, regs, event->kind != KIND_READ);
    return;
  }
  if (event->kind != KIND_CONNECT) tell_awaited(regs, event->fd);
  tell_held(STACK_POINTER(regs), 1);
}

/** connect, accept, socket and close: an event without payload. */
__noinline int tell_socket(__u32 kind, __u32 fd, __u64 regs) {
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref = {};
  if (!scratch || !begin_socket(scratch, &ref, kind, fd, regs)) return 0;
  if (kind == KIND_CLOSE) {
    if (references(ref.file) > 1) return 0;
    bool silent = is_silent(ref.inode);
    struct order *order = order_of(ref.inode);
    if (order) order->socket = 0;
    if (silent) return 0;
    scratch->is_lasting = 0;
  }
  if (kind == KIND_ACCEPT) note_socket(ref.inode, SOCKET_ACCEPTED);
  if (kind == KIND_CONNECT || scratch->event.flags & FLAG_ASYNC_IDS) tell_objects(scratch, regs);
  if (is_own()) scratch->event.flags |= FLAG_OWN;
  submit(scratch, 0);
  return 0;
}

/** The bytes of the call, and of a datagram its other end. */
static __always_inline bool find_parts(struct scratch *scratch, __u32 nr, __u64 regs) {
  switch (nr) {
    case NR_sendto:
    case NR_recvfrom:
      describe_peer(scratch, ARGUMENT_4(regs));
    case NR_write:
    case NR_read:
      one_part(scratch, ARGUMENT_1(regs), ARGUMENT_2(regs));
      return true;
    case NR_writev:
    case NR_readv:
      return many_parts(scratch, ARGUMENT_1(regs), ARGUMENT_2(regs));
    case NR_sendmsg:
    case NR_recvmsg:
      return message_parts(scratch, ARGUMENT_1(regs));
    default: // sendfile, splice: the bytes never were in the program's memory
      scratch->part_count = 0;
      return true;
  }
}

/** One message of sendmmsg or recvmmsg, in the event that was begun. Returns 1 where nobody wants it. */
__noinline int tell_one_of_many(__u64 address, __u32 is_done) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 1;
  message_parts(scratch, address);
  __u32 length = 0;
  if (is_done && bpf_probe_read_user(&length, sizeof(length), (void *)(address + sizeof(struct message))) == 0)
    scratch->total = length;
  if (!ask_orders(scratch)) return 1;
  send_pieces(scratch, false);
  scratch->event.seq += scratch->event.length;
  return 0;
}

/** sendmmsg and recvmmsg: an event for each message. At most eight are looked at. */
static __always_inline void tell_many(struct scratch *scratch, __u64 array, __u32 messages, __u32 is_done) {
  if (messages > MAX_MESSAGES) count(COUNT_LOST_PARTS);
  __u16 remote_port = scratch->about.remote_port;
  for (int i = 0; i < MAX_MESSAGES; i++) {
    if (i >= messages) break;
    scratch->about.remote_port = remote_port; // of a socket that is not connected, each message has another peer
    if (tell_one_of_many(array + i * sizeof(struct counted_message), is_done)) break;
  }
}

/** The write is told when it ends, with the time of its begin. */
static __always_inline void wait_for_end(struct event *event) {
  struct thread *thread = thread_of(event->tid);
  if (thread) thread->write_ns = event->time_ns;
}

__noinline int write_begins(__u32 nr, __u64 regs) {
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref = {};
  if (!scratch || !begin_socket(scratch, &ref, KIND_WRITE, ARGUMENT_0(regs), regs)) {
    if (settings.loops && state.fitted) tell_java(regs, 1);
    return 0;
  }
  struct event *event = &scratch->event;
  tell_objects(scratch, regs);
  if (is_native(known_thread(event->tid))) tell_addresses(regs);
  if (event->transport == TRANSPORT_UNIX || (!scratch->is_told && !scratch->about.local_port)) {
    wait_for_end(event);
    return 0;
  }
  if (ref.tcp) {
    if (!scratch->is_told && !scratch->about.remote_port) return 0; // not connected: it will fail
    event->seq = FIELD(tcp_sock, ref.tcp, write_seq);
    event->flags |= FLAG_SEQ;
  }
  if (nr == NR_sendmmsg) {
    tell_many(scratch, ARGUMENT_1(regs), ARGUMENT_2(regs), 0);
    return 0;
  }
  bool known = find_parts(scratch, nr, regs);
  if (known) {
    note_tls(scratch, &ref, scratch->total);
    if (!ask_orders(scratch) || (!scratch->total && ref.tcp)) return 0;
    known = send_pieces(scratch, true);
  }
  if (!known) wait_for_end(event);
  return 0;
}

/** `ret` bytes were read, written or moved: all but the writes that were told when they began. */
__noinline int message_ends(__u32 kind, __u32 nr, __u64 regs, long ret, __u64 began) {
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref = {};
  __u32 fd = nr == NR_splice && kind == KIND_WRITE ? ARGUMENT_2(regs) : ARGUMENT_0(regs);
  if (!scratch || !begin_socket(scratch, &ref, kind, fd, regs)) return 0;
  struct event *event = &scratch->event;
  if (began) event->time_ns = began;
  if (nr == NR_recvmmsg || nr == NR_sendmmsg) {
    tell_many(scratch, ARGUMENT_1(regs), ret, 1);
    return 0;
  }
  if (ret == 0 && (!ref.tcp || (nr == NR_read && !ARGUMENT_2(regs)))) return 0; // else the peer has finished
  find_parts(scratch, nr, regs);
  scratch->total = ret;
  if (ref.tcp) {
    __u32 next = kind == KIND_WRITE ? FIELD(tcp_sock, ref.tcp, write_seq) : behind_last_read(ref.tcp);
    event->seq = next - (__u32)ret;
    event->flags |= FLAG_SEQ;
  }
  if (kind == KIND_READ) tell_objects(scratch, regs);
  scratch->payload[0] = 0;
  __u32 seq = event->seq;
  if (ask_orders(scratch)) send_pieces(scratch, false);
  event->seq = seq; // it was that of the last piece
  note_tls(scratch, &ref, ret);
  return 0;
}

/** When the write began that waits for its end; 0 where it was told already. */
static __always_inline __u64 pending_write(void) {
  struct thread *thread = known_thread(current_ids());
  if (!thread || !thread->write_ns) return 0;
  __u64 began = thread->write_ns;
  thread->write_ns = 0;
  return began;
}

/** A `struct timespec` or `struct timeval` of the program in ns, by how many of these its second word counts; -1 for none. */
static __always_inline __s64 time_out(__u64 address, __u32 unit_ns) {
  __s64 spec[2];
  if (!address || bpf_probe_read_user(spec, sizeof(spec), (void *)address) < 0) return -1;
  return spec[0] * 1000000000LL + spec[1] * unit_ns;
}

#define TIMESPEC_BYTES 16

/** A loop has itself woken by a timerfd, which is set anew as soon as it is found to be ready (Asio). */
static __always_inline void set_alarm(__u64 regs) {
  struct thread *thread = known_thread(current_ids());
  if (!thread || !thread->turn) return;
  __u64 now_ns = bpf_ktime_get_ns();
  if (now_ns >= thread->alarm_ns) thread->alarm_turn = thread->turn;
  __s64 value_ns = time_out(ARGUMENT_2(regs) + TIMESPEC_BYTES, 1);
  thread->alarm_ns = value_ns <= 0 ? -1 : ARGUMENT_1(regs) & TFD_TIMER_ABSTIME ? value_ns : now_ns + value_ns;
}

SEC("raw_tp/sys_enter")
int enter_call(struct bpf_raw_tracepoint_args *context) {
  __u64 nr = context->args[1], regs = context->args[0];
  switch (nr) {
    case NR_write:
    case NR_sendto:
    case NR_writev:
    case NR_sendmsg:
    case NR_sendmmsg:
    case NR_close:
      break;
    case NR_futex:
      if (settings.loops && state.fitted) tell_java(regs, (ARGUMENT_1(regs) & FUTEX_COMMAND) == FUTEX_WAKE);
      return 0;
#ifdef NR_epoll_wait
    case NR_epoll_wait:
#endif
    case NR_epoll_pwait:
      begin_turn((__s32)ARGUMENT_3(regs) * 1000000LL, 0);
      return 0;
    case NR_epoll_pwait2:
      begin_turn(time_out(ARGUMENT_3(regs), 1), 0);
      return 0;
#ifdef NR_poll
    case NR_poll:
      if (ARGUMENT_1(regs) > 1) begin_turn((__s32)ARGUMENT_2(regs) * 1000000LL, POLLED);
      return 0;
    case NR_select:
      begin_turn(time_out(ARGUMENT_4(regs), 1000), POLLED);
      return 0;
#endif
    case NR_ppoll:
      if (ARGUMENT_1(regs) > 1) begin_turn(time_out(ARGUMENT_2(regs), 1), POLLED);
      return 0;
    case NR_timerfd_settime:
      set_alarm(regs);
      return 0;
    case NR_pselect6:
      begin_turn(time_out(ARGUMENT_4(regs), 1), POLLED);
      return 0;
    default:
      return 0;
  }
  if (is_own() || IS_FOREIGN_ABI()) return 0;
  if (nr == NR_close) tell_socket(KIND_CLOSE, ARGUMENT_0(regs), regs);
  else write_begins(nr, regs);
  return 0;
}

SEC("raw_tp/sys_exit")
int leave_call(struct bpf_raw_tracepoint_args *context) {
  __u64 regs = context->args[0], began = 0;
  long ret = context->args[1];
  __u32 nr = SYSCALL_NUMBER(regs), kind = KIND_READ;
  switch (nr) {
    case NR_recvfrom:
      if (ARGUMENT_3(regs) & MSG_PEEK) return 0;
      break;
    case NR_recvmsg:
      if (ARGUMENT_2(regs) & (MSG_PEEK | MSG_ERRQUEUE)) return 0;
    case NR_read:
    case NR_readv:
    case NR_recvmmsg:
      break;
    case NR_write:
    case NR_sendto:
    case NR_writev:
    case NR_sendmsg:
    case NR_sendmmsg:
      began = pending_write();
      if (!began) return 0;
    case NR_sendfile:
      kind = KIND_WRITE;
    case NR_splice:
      if (ret == 0) return 0;
      break;
    case NR_connect:
      if (ret == 0 || ret == -EINPROGRESS) tell_socket(KIND_CONNECT, ARGUMENT_0(regs), regs);
      return 0;
    case NR_accept:
    case NR_accept4:
      if (ret >= 0 && !is_own()) tell_socket(KIND_ACCEPT, ret, regs);
      return 0;
    case NR_socket:
      if (ret >= 0 && !is_own()) tell_socket(KIND_SOCKET, ret, regs);
      return 0;
    default:
      return 0;
  }
  if (ret < 0 || is_own() || IS_FOREIGN_ABI()) return 0;
  message_ends(kind, nr, regs, ret, began);
  if (nr == NR_splice) message_ends(KIND_WRITE, nr, regs, ret, 0);
  return 0;
}

// ---- processes and threads ----

static __always_inline void process_event(__u8 kind, __u32 other_tid, __u32 other_pid, __u64 futex) {
  struct scratch *scratch = take_scratch(1);
  if (!scratch) return;
  begin_event(scratch, kind);
  if (scratch->event.pid == settings.own_pid || !name_process(scratch)) return;
  scratch->event.other_tid = other_tid;
  scratch->event.other_pid = other_pid;
  scratch->event.futex = futex;
  submit(scratch, 0);
}

SEC("raw_tp/sched_process_fork")
int process_forks(struct bpf_raw_tracepoint_args *context) {
  __u64 child = context->args[1];
  process_event(KIND_CLONE, FIELD(task_struct, child, pid), FIELD(task_struct, child, tgid), 0);
  return 0;
}

SEC("raw_tp/sched_process_exec")
int process_executes(struct bpf_raw_tracepoint_args *context) {
  process_event(KIND_EXEC, 0, 0, 0);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int process_exits(struct bpf_raw_tracepoint_args *context) {
  __u64 signal = (__u64)FIELD(task_struct, context->args[0], signal);
  __u32 threads_left = FIELD(signal_struct, signal, live.counter);
  process_event(KIND_EXIT, threads_left, 0, 0);
  struct thread *thread = thread_of(current_ids());
  if (thread) thread->tid = 0; // the number may be another thread's next
  return 0;
}

/**
 * A thread that works on a message wakes another one of its process, which then works on it too. A Go program's threads
 * are told apart by their goroutines instead.
 */
SEC("raw_tp/sched_waking")
int thread_wakes(struct bpf_raw_tracepoint_args *context) {
  __u64 woken = context->args[0], ids = current_ids();
  __u32 pid = ids >> 32, tid = ids;
  if (!pid || pid == settings.own_pid || FIELD(task_struct, woken, tgid) != pid) return 0;
  __u32 woken_tid = FIELD(task_struct, woken, pid);
  struct thread *waker = thread_of(tid);
  __u64 now = bpf_ktime_get_ns();
  if (!waker || woken_tid == tid || now - waker->active_ns > ACTIVE_NS) return 0;
  if (state.fitted) fit_thread(waker, pid);
  if (waker->goid) return 0;
  struct thread *thread = thread_of(woken_tid);
  if (thread) thread->active_ns = now;
  __u64 futex = 0;
  if (settings.task_registers) {
    __u64 regs = bpf_task_pt_regs(bpf_get_current_task_btf());
    if (SYSCALL_NUMBER(regs) == NR_futex) futex = ARGUMENT_0(regs);
  }
  process_event(KIND_WAKE, woken_tid, pid, futex);
  return 0;
}

/** io_uring does socket calls that no system call shows. */
SEC("raw_tp/io_uring_submit_req")
int io_uring_submits(struct bpf_raw_tracepoint_args *context) {
  // From enum io_uring_op (include/uapi/linux/io_uring.h): readv, writev, sendmsg, recvmsg, read, write, send, recv
  const __u64 on_sockets = 1ULL << 1 | 1ULL << 2 | 1ULL << 9 | 1ULL << 10 | 1ULL << 22 | 1ULL << 23 | 1ULL << 26 | 1ULL << 27;
  __u8 opcode = FIELD(io_kiocb, context->args[0], opcode);
  if (opcode > 63 || !(on_sockets >> opcode & 1)) return 0;
  count(COUNT_IO_URING);
  __u32 pid = current_ids() >> 32;
  __u8 told = 1;
  if (bpf_map_update_elem(&io_uring_users, &pid, &told, BPF_NOEXIST) < 0) return 0;
  process_event(KIND_IO_URING, 0, 0, 0);
  return 0;
}

// ---- TLS: OpenSSL and BoringSSL, and GnuTLS, whose calls take the same arguments ----

/** What the function at the probe does, as its cookie says: `functions` of programs/tls-fitting.ts. */
enum tls_function { FUNCTION_WRITE = 1, FUNCTION_READ, FUNCTION_WRITE_EX, FUNCTION_READ_EX, FUNCTION_HANDSHAKE, FUNCTION_FREE, FUNCTION_CONNECTS };

SEC("uprobe")
int tls_enter(struct pt_regs *regs) {
  __u64 session = FUNCTION_ARGUMENT_0(regs), buffer = FUNCTION_ARGUMENT_1(regs), room = FUNCTION_ARGUMENT_2(regs), length_at = FUNCTION_ARGUMENT_3(regs);
  switch (bpf_get_attach_cookie(regs)) {
    case FUNCTION_WRITE:
      return tls_begins(session, buffer, 0, 0, TLS_WRITE);
    case FUNCTION_READ:
      return tls_begins(session, buffer, (__u32)room, 0, TLS_READ);
    case FUNCTION_WRITE_EX:
      return tls_begins(session, buffer, 0, length_at, TLS_WRITE);
    case FUNCTION_READ_EX:
      return tls_begins(session, buffer, room, length_at, TLS_READ);
    case FUNCTION_HANDSHAKE: // shows which socket the session has
      return tls_begins(session, 0, 0, 0, TLS_OTHER);
    case FUNCTION_CONNECTS:
      return tls_will_greet(session);
    default:
      return tls_forgets(session);
  }
}

SEC("uretprobe")
int tls_return(struct pt_regs *regs) {
  return tls_ends((int)FUNCTION_RESULT(regs));
}
