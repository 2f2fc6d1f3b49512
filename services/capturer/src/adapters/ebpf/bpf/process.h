// Who makes the call: process, thread, cgroup, goroutine.
#pragma once
#include "arch.h"
#include "maps.h"
#include "tasks.h"

static __always_inline void begin_event(struct event *event, __u8 kind) {
  __builtin_memset(event, 0, sizeof(*event));
  __u64 id = bpf_get_current_pid_tgid();
  event->kind = kind;
  event->time_ns = bpf_ktime_get_ns();
  event->pid = id >> 32;
  event->tid = (__u32)id;
  event->fd = -1;
  event->cgroup = bpf_get_current_cgroup_id();
}

/** The thread's turn; and that it works on a message, from now on. */
static __always_inline void note_activity(struct event *event) {
  struct thread *thread = bpf_map_lookup_elem(&threads, &event->tid);
  if (thread) {
    event->turn = thread->turn;
    if (event->time_ns >= thread->timers_ns) event->flags |= FLAG_TIMERS;
    thread->active_ns = event->time_ns;
  } else {
    struct thread first = {.active_ns = event->time_ns, .timers_ns = -1};
    bpf_map_update_elem(&threads, &event->tid, &first, BPF_ANY);
  }
}

/** The thread begins to wait for many descriptors, for so long at most; -1: without end. */
static __always_inline void begin_turn(__s64 timeout_ns) {
  __u32 tid = bpf_get_current_pid_tgid();
  // 0: something else is under way, and no timer has come.
  __u64 timers_ns = timeout_ns <= 0 ? -1 : bpf_ktime_get_ns() + timeout_ns;
  struct thread *thread = bpf_map_lookup_elem(&threads, &tid), first = {.turn = 1, .timers_ns = timers_ns};
  if (thread) {
    thread->turn++;
    thread->timers_ns = timers_ns;
  } else bpf_map_update_elem(&threads, &tid, &first, BPF_ANY);
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

/** Names the process and asks whether it is wanted. */
static __always_inline bool name_process(struct event *event) {
  __u64 task = bpf_get_current_task();
  copy_name(event->process, FIELD(task_struct, task, group_leader));
  return passes(settings.process_filter, &processes, event->process) && passes(settings.cgroup_filter, &cgroups, &event->cgroup);
}

/**
 * The goroutine that makes the call: `g` lies in front of the thread's FS base (amd64) or in x28 (arm64), and the ids are
 * in its memory. A stack pointer outside the stack of `g` (its first two words) means that the runtime itself is calling.
 */
static __always_inline void name_goroutine_at(struct event *event, __u64 regs, __u64 sp) {
  if (!state.go) return;
  struct go_offsets *offsets = bpf_map_lookup_elem(&go_programs, &event->pid);
  if (!offsets) return;
  __u64 g = 0, stack[2] = {};
#if defined(__TARGET_ARCH_x86)
  __u64 fs_base = FIELD(task_struct, bpf_get_current_task(), thread.fsbase);
  bpf_probe_read_user(&g, sizeof(g), (void *)(fs_base - 8));
#else
  g = FIELD(pt_regs, regs, regs[28]);
#endif
  if (g == 0 || bpf_probe_read_user(stack, sizeof(stack), (void *)g) < 0) return;
  if (sp < stack[0] || sp > stack[1]) return;
  bpf_probe_read_user(&event->goid, sizeof(event->goid), (void *)(g + offsets->goid));
  if (offsets->parent_goid)
    bpf_probe_read_user(&event->parent_goid, sizeof(event->parent_goid), (void *)(g + offsets->parent_goid));
}

static __always_inline void name_goroutine(struct event *event, __u64 regs) {
  name_goroutine_at(event, regs, STACK_POINTER(regs));
  if (state.tasks && !event->goid) name_task(event);
}

static __always_inline void submit(struct event *event, __u32 captured) {
  event->captured = captured;
  if (bpf_ringbuf_output(&events, event, HEAD_BYTES + (captured & (2 * PIECE_BYTES - 1)), BPF_RB_NO_WAKEUP) < 0)
    count(COUNT_LOST_RING);
  else
    count(COUNT_EVENTS);
}
