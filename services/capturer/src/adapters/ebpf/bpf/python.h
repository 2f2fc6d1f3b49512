// Tasks of asyncio that are made, and what threads and tasks of Python pass on in queues.
#pragma once
#include "handoff.h"

#if defined(__TARGET_ARCH_x86)

/** Their ids are other ones than those of contexts. */
static __always_inline bool tasks_are_greenlets(void) {
  __u32 pid = current_ids() >> 32;
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &pid);
  return path && path->to_first;
}

/** PyContext_CopyCurrent() returns: the new context is that of a task or callback which the current one makes. */
SEC("uretprobe")
int python_makes_task(struct pt_regs___program *regs) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch || state.paused || !regs->ax || tasks_are_greenlets()) return 0;
  struct event *event = &scratch->event;
  begin_event(scratch, KIND_TASK);
  if (!name_process(scratch)) return 0;
  event->goid = regs->ax;
  event->parent_goid = current_task(event->pid);
  submit(scratch, 0);
  return 0;
}

/** `PyObject.ob_type`, `PyTypeObject.tp_name`, and the first eight bytes of such a name. */
#define TYPE_AT 8
#define TYPE_NAME_AT 24
#define NAME(a, b, c, d, e, f, g, h) \
  ((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 | \
   (__u64)(g) << 48 | (__u64)(h) << 56)

/** Where the name of an object's type is. */
static __always_inline __u64 type_name_at(__u64 object) { return word_at(word_at(object + TYPE_AT) + TYPE_NAME_AT); }

/** Elements of a tuple. */
#define ELEMENTS_AT 24
#define IS_TUPLE(name) ((name) << 16 == NAME(0, 0, 't', 'u', 'p', 'l', 'e', 0))
#define IS_BYTES(name) ((name) << 16 == NAME(0, 0, 'b', 'y', 't', 'e', 's', 0))

/**
 * Jobs by their type: of ThreadPoolExecutor (also under asyncio's `run_in_executor`), and of waitress, whose threads serve a connection each.
 * 2: a request of Tornado's client (key, request, callback), for which whoever takes it makes a task.
 */
static __always_inline __u32 job_kind(__u64 object) {
  __u64 name = word_at(type_name_at(object));
  if (IS_TUPLE(name)) {
    __u64 request = word_at(type_name_at(word_at(object + ELEMENTS_AT + 8)));
    return request == NAME('_', 'R', 'e', 'q', 'u', 'e', 's', 't') ? 2 : 0;
  }
  return name == NAME('_', 'W', 'o', 'r', 'k', 'I', 't', 'e') || name == NAME('H', 'T', 'T', 'P', 'C', 'h', 'a', 'n');
}

/** The thread puts an object into a queue of its process, or gets it from there. */
static __always_inline void tell_object(__u8 kind, __u64 object, __u64 queue) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch || state.paused || !object) return;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  if (!name_process(scratch)) return;
  event->futex = object;
  event->seq = kind == KIND_PUT ? job_kind(object) : 0;
  scratch->about.peer = queue >> 4;
  event->goid = current_task(event->pid);
  submit(scratch, 0);
}

/** An object in a queue that was told of, by the queue: of others nobody needs to hear when they are taken out. */
struct queued { __u64 object; __u32 pid; __u32 unused; };
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct queued);
  __type(value, __u64);
} queued_objects SEC(".maps");

/** A thread that has read nothing, and was given nothing, for so long works for no request. */
#define IDLE_NS 10000000000ULL

static __always_inline void python_puts_into(__u64 queue, __u64 object) {
  __u64 ids = current_ids();
  struct thread *thread = thread_of(ids);
  if (!thread || bpf_ktime_get_ns() - thread->active_ns > IDLE_NS) return;
  struct queued queued = {.object = object, .pid = ids >> 32};
  bpf_map_update_elem(&queued_objects, &queued, &queue, BPF_ANY);
  tell_object(KIND_PUT, object, queue);
}

/** `queue`: 0 where it is not known. */
static __always_inline void python_gets_from(__u64 queue, __u64 object) {
  __u64 ids = current_ids();
  struct queued queued = {.object = object, .pid = ids >> 32};
  __u64 *from = bpf_map_lookup_elem(&queued_objects, &queued);
  if (!from || (queue && *from != queue) || bpf_map_delete_elem(&queued_objects, &queued) < 0) return;
  struct thread *thread = thread_of(ids);
  if (thread) thread->active_ns = bpf_ktime_get_ns();
  tell_object(KIND_GET, object, queue);
}

/** _queue.SimpleQueue: put(self, arguments, count, names), put_nowait: the object is the first argument. */
SEC("uprobe")
int python_puts(struct pt_regs___program *regs) {
  python_puts_into(regs->di, word_at(regs->si));
  return 0;
}

/** get and get_nowait return with it; with 0 where they raise an exception. */
SEC("uretprobe")
int python_gets(struct pt_regs___program *regs) {
  python_gets_from(0, regs->ax);
  return 0;
}

/** Whether it is an `_asyncio.Task`. */
static __always_inline bool is_task(__u64 object) {
  __u64 name = type_name_at(object);
  return word_at(name) == NAME('_', 'a', 's', 'y', 'n', 'c', 'i', 'o') && (__u32)word_at(name + 8) == 0x7361542e; // ".Tas"
}

/** A connection of aiohttp's client, with the time since when it has been free. */
static __always_inline bool is_free_connection(__u64 object) {
  return word_at(type_name_at(object)) == NAME('R', 'e', 's', 'p', 'o', 'n', 's', 'e');
}

/**
 * Callbacks of a loop, those who wait at a lock or a queue (also as a tuple that begins with the task), and bytes that wait to be sent,
 * or to be taken by a task: what they are for is told otherwise. A connection that waits to be used again is for nobody.
 */
static __always_inline bool is_of_runtime(__u64 object) {
  __u64 name = word_at(type_name_at(object));
  if (IS_BYTES(name)) return current_task(current_ids() >> 32) != 0;
  if (IS_TUPLE(name)) {
    __u64 first = word_at(object + ELEMENTS_AT);
    return is_task(first) || is_free_connection(first);
  }
  return name << 8 == NAME(0, 'H', 'a', 'n', 'd', 'l', 'e', 0) || name == NAME('T', 'i', 'm', 'e', 'r', 'H', 'a', 'n') ||
         name == NAME('_', 'a', 's', 'y', 'n', 'c', 'i', 'o') || name == NAME('_', 't', 'h', 'r', 'e', 'a', 'd', '.') ||
         name == NAME('u', 'v', 'l', 'o', 'o', 'p', '.', 'l') || name == NAME('m', 'e', 'm', 'o', 'r', 'y', 'v', 'i');
}

/** `PyBytesObject`: its length, and its first byte. */
#define BYTES_LENGTH_AT 16
#define BYTES_AT 32
#define PATH_BYTES 512

/** Processes that encode headers of HTTP/2. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, __u8);
} header_programs SEC(".maps");

static __always_inline void tell_path(__u64 queue, __u64 path) {
  __u64 length = word_at(path + BYTES_LENGTH_AT);
  struct scratch *scratch = take_scratch(0);
  if (!scratch || state.paused || !length || length >= PATH_BYTES) return;
  struct event *event = &scratch->event;
  begin_event(scratch, KIND_PATH);
  if (!name_process(scratch)) return;
  event->goid = current_task(event->pid);
  scratch->about.peer = queue >> 4;
  if (bpf_probe_read_user(scratch->payload, length & (PATH_BYTES - 1), (void *)(path + BYTES_AT)) < 0) return;
  submit(scratch, length & (PATH_BYTES - 1));
}

/**
 * hpack keeps the headers of a connection, which it has encoded or decoded, in such a queue, as pairs of bytes. The path of a request tells who
 * makes it: it is sent by whichever task has the connection's lock. The others are no jobs.
 */
static __always_inline bool is_header(__u64 queue, __u64 object) {
  if (!IS_TUPLE(word_at(type_name_at(object)))) return false;
  __u64 name = word_at(object + ELEMENTS_AT), value = word_at(object + ELEMENTS_AT + 8);
  if (!IS_BYTES(word_at(type_name_at(name))) || !IS_BYTES(word_at(type_name_at(value)))) return false;
  __u32 pid = current_ids() >> 32;
  __u64 length = word_at(name + BYTES_LENGTH_AT);
  if (length != 5 || word_at(name + BYTES_AT) << 24 != NAME(0, 0, 0, ':', 'p', 'a', 't', 'h'))
    return bpf_map_lookup_elem(&header_programs, &pid) != 0;
  __u8 one = 1;
  bpf_map_update_elem(&header_programs, &pid, &one, BPF_ANY);
  tell_path(queue, value);
  return true;
}

/** collections.deque: append(self, object), appendleft: `queue.Queue` and `asyncio.Queue` keep what they hold in one. */
SEC("uprobe")
int python_appends(struct pt_regs___program *regs) {
  count_use();
  if (!is_header(regs->di, regs->si) && !is_of_runtime(regs->si)) python_puts_into(regs->di, regs->si);
  return 0;
}

/** `dequeobject` (_collectionsmodule.c): its length, leftmost and rightmost block, and where in these its ends are; a block begins with a link. */
struct python_deque { __u64 length, left, right, left_index, right_index; };
#define LENGTH_AT 16

/** pop(self), popleft(self). The cookie of the second one is not 0. */
SEC("uprobe")
int python_pops(struct pt_regs___program *regs) {
  struct python_deque deque = {};
  count_use();
  if (bpf_probe_read_user(&deque, sizeof(deque), (void *)(regs->di + LENGTH_AT)) < 0 || !deque.length) return 0;
  __u64 end = bpf_get_attach_cookie(regs) ? deque.left + 8 * deque.left_index : deque.right + 8 * deque.right_index;
  python_gets_from(regs->di, word_at(end + 8));
  return 0;
}

#endif
