// What hands a request from one task to another inside a program, seen at one function each: Go's HTTP and gRPC clients give
// it to the goroutine of a connection, their servers give it to a goroutine of its own.
#pragma once
#include "node.h"
#include "tasks.h"

#if defined(__TARGET_ARCH_x86)

/** Registers of a program that has come to a probe. */
struct pt_regs___program { unsigned long ax, bx, cx, dx, si, di, sp, r8, r9, r14; } __attribute__((preserve_access_index));

/** How often probes were come to that some programs come to all the time, by process: there they are taken out. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u64);
} probe_uses SEC(".maps");

static __always_inline void count_use(void) {
  __u32 pid = current_ids() >> 32;
  __u64 one = 1, *uses = bpf_map_lookup_elem(&probe_uses, &pid);
  if (uses) __sync_fetch_and_add(uses, 1);
  else bpf_map_update_elem(&probe_uses, &pid, &one, BPF_NOEXIST);
}

/** Integer arguments of Go's register ABI (abi-internal.md, amd64). */
#define GO_ARGUMENT_1(regs) ((regs)->ax)
#define GO_ARGUMENT_2(regs) ((regs)->bx)
#define GO_ARGUMENT_3(regs) ((regs)->cx)
#define GO_ARGUMENT_4(regs) ((regs)->di)

/**
 * Descriptor of what a `net.Conn` leads to: of `*net.TCPConn` the first word is its `*netFD`, whose `Sysfd` lies at 16;
 * what wraps one (`*tls.Conn`, gRPC's own) begins with a `net.Conn` of its own. -1 where it is neither.
 */
static __always_inline int go_descriptor(struct sock_ref *ref, __u64 connection) {
  for (int depth = 0; depth < 3; depth++) {
    __s32 fd = -1;
    bpf_probe_read_user(&fd, sizeof(fd), (void *)(word_at(connection) + 16));
    if (fd > 2 && find_socket(ref, fd)) return fd;
    connection = word_at(connection + 8);
    if (!connection) break;
  }
  return -1;
}

static __always_inline void tell_goroutine(struct scratch *scratch, __u64 sp) {
  struct event *event = &scratch->event;
  struct thread *thread = thread_of(event->tid);
  if (!thread) return;
  name_runner(event, thread, 0, sp);
  if (event->goid) submit(scratch, 0);
}

/** An event of the connection that the `net.Conn` at `field` of a Go object is, or in other versions at `other`. */
static __always_inline void tell_go(
  struct pt_regs___program *regs, __u8 kind, __u64 object, __u32 field, __u32 other, __u32 stream
) {
  struct scratch *scratch = take_scratch(0);
  struct sock_ref ref;
  if (!scratch || state.paused) return;
  int fd = go_descriptor(&ref, word_at(object + field + 8));
  if (fd < 0 && other != field) fd = go_descriptor(&ref, word_at(object + other + 8));
  if (fd < 0) return;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  event->fd = fd;
  event->seq = stream;
  if (!name_process(scratch) || !describe(scratch, &ref)) return;
  tell_goroutine(scratch, regs->sp);
}

/** net/http.(*persistConn).roundTrip(pc, req); `pc.conn` at 80. */
SEC("uprobe")
int go_http_sends(struct pt_regs___program *regs) {
  tell_go(regs, KIND_HANDOFF, GO_ARGUMENT_1(regs), 80, 80, 0);
  return 0;
}

/**
 * Id of a gRPC stream. The cookie says where it lies in a `ClientStream` or `ServerStream`, from 1.77 on; before, a `Stream`
 * began with it, and from 1.70 on those two began with a pointer to that.
 */
static __always_inline __u32 grpc_stream(struct pt_regs___program *regs, __u64 stream) {
  __u64 at = bpf_get_attach_cookie(regs), first = word_at(stream + (at & ~7ULL));
  if (at) return first >> (at & 4 ? 32 : 0);
  return first >> 32 ? word_at(first) : first;
}

/**
 * google.golang.org/grpc/internal/transport.(*http2Client).write(t, stream, ...), `Write` before 1.70: the caller of the stream
 * sends its first message, before or after the connection's own goroutine has written the headers; `t.conn` at 128, in 1.56 at 136.
 */
SEC("uprobe")
int go_grpc_sends(struct pt_regs___program *regs) {
  tell_go(regs, KIND_HANDOFF, GO_ARGUMENT_1(regs), 128, 136, grpc_stream(regs, GO_ARGUMENT_2(regs)));
  return 0;
}

/** The goroutine may have made no system call yet: it is told whose child it is. */
static __always_inline void tell_acting(struct pt_regs___program *regs) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch || state.paused) return;
  begin_event(scratch, KIND_TAKE);
  if (name_process(scratch)) tell_goroutine(scratch, regs->sp);
}

/** net/http.(*http2ClientConn).roundTrip: it starts the goroutine that writes the request. */
SEC("uprobe")
int go_task_acts(struct pt_regs___program *regs) {
  tell_acting(regs);
  return 0;
}

/** google.golang.org/grpc.(*Server).handleStream(s, t, stream); `conn` of the `*http2Server` in t at 16, up to 1.58 at 32. */
SEC("uprobe")
int go_grpc_serves(struct pt_regs___program *regs) {
  tell_go(regs, KIND_TAKE, GO_ARGUMENT_3(regs), 16, 32, grpc_stream(regs, GO_ARGUMENT_4(regs)));
  return 0;
}

/** net/http.(*http2serverConn).runHandler(sc, rw, req, handler); `sc.conn` at 16, from Go 1.27 on at 24, the id in `rw.rws.stream` at 8. */
SEC("uprobe")
int go_http2_serves(struct pt_regs___program *regs) {
  __u32 id = word_at(word_at(word_at(GO_ARGUMENT_2(regs))) + 8);
  tell_go(regs, KIND_TAKE, GO_ARGUMENT_1(regs), 16, 24, id);
  return 0;
}

/** What a thread of Node.js does in its program: it is told with the asynchronous resource that is executing. */
static __always_inline void tell_node(__u8 kind, __u64 session, __u32 stream) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch || state.paused) return;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  struct thread *thread = thread_of(event->tid);
  if (!thread || !name_process(scratch)) return;
  event->futex = session;
  event->seq = stream;
  note_activity(event, thread);
  name_task(event, 0);
  if (kind == KIND_TIMERS) tell_what_runs(scratch, 0, false);
  submit(scratch, 0);
}

/** node::Environment::RunTimers: from now on the loop runs what timers set off. */
SEC("uprobe")
int node_runs_timers(void *regs) {
  tell_node(KIND_TIMERS, 0, 0);
  return 0;
}

/** v8::internal::Execution::TryRunMicrotasks(isolate, queue): there are jobs, which run now. */
SEC("uprobe")
int node_runs_jobs(struct pt_regs___program *regs) {
  __u64 ids = current_ids();
  __u32 pid = ids >> 32;
  struct node_places *places = (__u32)ids == pid && !state.paused ? bpf_map_lookup_elem(&node_places, &pid) : 0;
  if (!settings.loops || !places || regs->si != places->queue) return 0;
  struct scratch *scratch = take_scratch(0);
  struct thread *thread = thread_of(ids);
  if (!scratch || !thread) return 0;
  begin_event(scratch, KIND_RUNNING);
  if (!name_process(scratch)) return 0;
  note_activity(&scratch->event, thread);
  name_task(&scratch->event, 0);
  tell_what_runs(scratch, 0, false);
  tell_waiting(scratch, places);
  return 0;
}

/** `nghttp2_headers_category` of a request that a client makes, and types and flag of frames (RFC 9113 6). */
#define CATEGORY_HEADERS 3
#define FRAME_DATA 0
#define FRAME_HEADERS 1
#define FRAME_END_STREAM 1

/** Streams that a peer has made, by the address of their object. */
struct node_stream { __u64 session; __u32 stream; __u32 pid; };
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, __u64);
  __type(value, struct node_stream);
} node_streams SEC(".maps");

/** node::http2::Http2Stream(this, session, object, id, category, options): a stream is made, by this program or its peer. */
SEC("uprobe")
int node_makes_stream(struct pt_regs___program *regs) {
  __u64 object = regs->di;
  if ((__u32)regs->r8 == CATEGORY_HEADERS) {
    tell_node(KIND_HANDOFF, regs->si, regs->cx);
  } else {
    struct node_stream made = {.session = regs->si, .stream = regs->cx, .pid = current_ids() >> 32};
    bpf_map_update_elem(&node_streams, &object, &made, BPF_ANY);
  }
  return 0;
}

/** node::http2::Http2Stream::SubmitResponse(this, headers, options): the answer to the request of that stream is made. */
SEC("uprobe")
int node_answers_stream(struct pt_regs___program *regs) {
  __u64 object = regs->di;
  struct node_stream *made = bpf_map_lookup_elem(&node_streams, &object);
  if (made && made->pid == current_ids() >> 32) tell_node(KIND_HANDOFF, made->session, made->stream);
  return 0;
}

/**
 * node::http2::Http2Session::OnFrameReceive(handle, frame, session): callbacks of its stream run next. An `nghttp2_frame` begins
 * with its length, and the stream, the type and the flags behind that.
 */
SEC("uprobe")
int node_takes_frame(struct pt_regs___program *regs) {
  __u64 head = word_at(regs->si + 8);
  __u8 type = head >> 32, flags = head >> 40;
  if (type == FRAME_HEADERS || (type == FRAME_DATA && flags & FRAME_END_STREAM)) tell_node(KIND_TAKE, regs->dx, head);
  return 0;
}

/** node::http2::Http2Session::OnDataChunkReceived(handle, flags, id, data, length, session): so do those for its data. */
SEC("uprobe")
int node_takes_data(struct pt_regs___program *regs) {
  tell_node(KIND_TAKE, regs->r9, regs->dx);
  return 0;
}

#endif
