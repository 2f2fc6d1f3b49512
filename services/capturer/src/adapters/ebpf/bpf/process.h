// Who makes the call: process, thread, goroutine.
#pragma once
#include "arch.h"
#include "maps.h"
#include "tasks.h"

// Fields of the task are loads, helpers are calls: at each message that makes a difference.

/** Process and thread that run, as bpf_get_current_pid_tgid has them. */
static __always_inline __u64 current_ids(void) {
  if (!settings.direct_reads) return bpf_get_current_pid_tgid();
  return (__u64)TASK(tgid) << 32 | (__u32)TASK(pid);
}

static __always_inline bool is_own(void) { return TASK(tgid) == settings.own_pid; }

static __always_inline void begin_event(struct scratch *scratch, __u8 kind) {
  struct event *event = &scratch->event;
  __builtin_memset(event, 0, sizeof(*event));
  __u64 ids = current_ids();
  event->kind = kind;
  event->time_ns = bpf_ktime_get_ns();
  event->pid = ids >> 32;
  event->tid = (__u32)ids;
  event->fd = -1;
  scratch->is_told = scratch->is_lasting = 0;
}

/** A thread that has read nothing for so long, and was woken by none that has, works on no message. */
#define ACTIVE_NS 1000000000ULL

/** Its timerfd is ready, or was found to be so in this turn. */
static __always_inline bool is_alarmed(struct thread *thread, __u64 now_ns) {
  return now_ns >= thread->alarm_ns || (thread->turn && thread->turn == thread->alarm_turn);
}

/** The thread's turn; and that it works on a message, from now on. */
static __always_inline void note_activity(struct event *event, struct thread *thread) {
  event->turn = thread->turn;
  if (event->time_ns >= thread->timers_ns || is_alarmed(thread, event->time_ns)) event->flags |= FLAG_TIMERS;
  if (!thread->begun_ns) thread->begun_ns = event->time_ns;
  thread->active_ns = event->time_ns;
}

#define MILLISECOND_NS 1000000
/** Bit of a turn that began with poll or select. */
#define POLLED 0x80000000u

/**
 * The thread begins to wait for many descriptors, for so long at most; -1: without end. Who waits by epoll may wait for a few
 * others in the midst of a turn: that is no new one.
 */
static __always_inline void begin_turn(__s64 timeout_ns, __u32 polled) {
  struct thread *thread = thread_of(current_ids());
  if (!thread || (polled && thread->turn && !(thread->turn & POLLED))) return;
  // Not from 1 on: a thread that was forgotten begins anew, and none of its turns is one that it had before.
  __u32 turn = thread->turn ? thread->turn + 1 : bpf_get_prandom_u32();
  thread->turn = (turn & ~POLLED ? turn & ~POLLED : 1) | polled;
  // Loops look at the clock at the begin of a turn, and count in whole milliseconds.
  __u64 now_ns = thread->begun_ns ? thread->begun_ns : bpf_ktime_get_ns();
  thread->begun_ns = 0;
  // 0: something else is under way; what timers there were are still to come, and some may have been set in the turn that ends. Node.js
  // and Python tell more: there that would only make timers of what is none.
  if (timeout_ns < 0) thread->timers_ns = -1;
  else if (timeout_ns > 0) thread->timers_ns = now_ns + timeout_ns - MILLISECOND_NS;
  else if ((!thread->has_tasks || thread->java) && thread->timers_ns > now_ns + MILLISECOND_NS)
    thread->timers_ns = now_ns + MILLISECOND_NS;
}

static __always_inline void copy_name(char *to, const void *task) {
  if (settings.direct_reads) {
    struct task_struct *of = bpf_rdonly_cast(task, bpf_core_type_id_kernel(struct task_struct));
    ((__u64 *)to)[0] = *(__u64 *)&of->comm[0];
    ((__u64 *)to)[1] = *(__u64 *)&of->comm[8];
  } else {
    bpf_core_read(to, 16, &((struct task_struct *)task)->comm);
  }
}

/** Begins what is told about the process, and asks whether that is wanted. */
static __always_inline bool name_process(struct scratch *scratch) {
  struct about *about = &scratch->about;
  __builtin_memset(about, 0, sizeof(*about));
  about->mark = ABOUT_MARK;
  copy_name(about->process, TASK(group_leader));
  if (!passes(settings.process_filter, &processes, about->process)) return false;
  if (settings.cgroup_filter == FILTER_OFF) return true;
  __u64 cgroup = bpf_get_current_cgroup_id();
  return passes(settings.cgroup_filter, &cgroups, &cgroup);
}

/** Looks up, once, what kind of tasks the thread runs. */
static __always_inline void fit_thread(struct thread *thread, __u32 pid) {
  __u32 fitted = state.fitted;
  if (thread->fitted == fitted) return;
  thread->fitted = fitted;
  struct go_offsets *offsets = bpf_map_lookup_elem(&go_programs, &pid);
  thread->goid = offsets ? offsets->goid : 0;
  thread->parent_goid = offsets ? offsets->parent_goid : 0;
  thread->has_tasks = bpf_map_lookup_elem(&task_paths, &pid) != 0;
  thread->is_native = bpf_map_lookup_elem(&native_programs, &pid) != 0;
}

/**
 * The goroutine that makes the call: `g` lies in front of the thread's FS base (amd64) or in x28 (arm64), and the ids are
 * in its memory. A stack pointer outside the stack of `g` (its first two words) means that the runtime itself is calling.
 */
static __always_inline void name_goroutine(struct event *event, struct thread *thread, __u64 regs, __u64 sp) {
  __u64 g = 0, stack[2] = {};
#if defined(__TARGET_ARCH_x86)
  __u64 fs_base = TASK(thread.fsbase);
  bpf_probe_read_user(&g, sizeof(g), (void *)(fs_base - 8));
#else
  g = FIELD(pt_regs, regs, regs[28]);
#endif
  if (g == 0 || bpf_probe_read_user(stack, sizeof(stack), (void *)g) < 0) return;
  if (sp < stack[0] || sp > stack[1]) return;
  bpf_probe_read_user(&event->goid, sizeof(event->goid), (void *)(g + thread->goid));
  if (thread->parent_goid)
    bpf_probe_read_user(&event->parent_goid, sizeof(event->parent_goid), (void *)(g + thread->parent_goid));
}

/** The goroutine, or other task, that the thread runs. */
static __always_inline void name_runner(struct event *event, struct thread *thread, __u64 regs, __u64 sp) {
  if (!state.fitted) return;
  fit_thread(thread, event->pid);
  if (thread->goid) name_goroutine(event, thread, regs, sp);
  else if (thread->has_tasks) name_task(event, thread);
}

/** From now on the socket's events need not have what is about it, for a while. */
static __always_inline void note_told(struct scratch *scratch) {
  struct event *event = &scratch->event;
  struct told_socket *told = told_of(event->socket);
  if (!told) return;
  told->socket = event->socket;
  told->pid = event->pid;
  told->until_ns = event->time_ns + TOLD_NS;
  scratch->is_told = 1;
}

static __always_inline void submit(struct scratch *scratch, __u32 captured) {
  scratch->event.captured = captured;
  __u32 bytes = sizeof(struct event) + (captured & (2 * PIECE_BYTES - 1));
  if (scratch->is_told) {
    if (bpf_ringbuf_output(&events, &scratch->event, bytes, BPF_RB_NO_WAKEUP) < 0) count(COUNT_LOST_RING);
    return;
  }
  if (scratch->is_lasting) scratch->about.mark = ABOUT_SOCKET_MARK;
  if (bpf_ringbuf_output(&events, &scratch->about, sizeof(struct about) + bytes, BPF_RB_NO_WAKEUP) < 0)
    count(COUNT_LOST_RING);
  else if (scratch->is_lasting)
    note_told(scratch);
}

/** Tells words beside the event that is under way. */
static __always_inline void submit_words(struct scratch *scratch, __u8 kind, __u32 bytes) {
  __u8 before = scratch->event.kind;
  scratch->event.kind = kind;
  submit(scratch, bytes);
  scratch->event.kind = before;
}
