// Tasks of tokio that one task wakes or makes: what it wakes another one for is its own work, as no system call would tell.
#pragma once
#include "handoff.h"

#if defined(__TARGET_ARCH_x86)

/** `Header` of a task (tokio/src/runtime/task/core.rs, repr(C)): state, queue_next, vtable, owner_id. */
#define TOKIO_VTABLE 16
/** `Vtable.id_offset` (raw.rs), since tokio 1.24 the tenth of its words: so far behind the header the task's id is. */
#define TOKIO_ID_OFFSET (9 * 8)
#define TOKIO_MOST_OFFSET 512
/** It is behind the header and the pointer to the scheduler. */
#define TOKIO_USUAL_OFFSET 40

/** Id of the task with that header; 0 where it does not look like one. */
static __always_inline __u64 tokio_id(__u64 header) {
  __u64 offset = word_at(word_at(header + TOKIO_VTABLE) + TOKIO_ID_OFFSET);
  if (!offset) offset = TOKIO_USUAL_OFFSET; // the table is not in memory before it is used
  return offset < TOKIO_MOST_OFFSET && !(offset & 7) ? word_at(header + offset) : 0;
}

/** The running task wakes another one, or has made it: what no task does (the driver of sockets and timers) is not told. */
static __always_inline void tell_tokio(__u8 kind, __u64 header) {
  __u64 ids = current_ids(), task = current_task(ids >> 32);
  if (!task || state.paused) return;
  __u64 other = tokio_id(header);
  struct scratch *scratch = other && other != task ? take_scratch(0) : 0;
  if (!scratch) return;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  if (!name_process(scratch)) return;
  event->goid = task;
  event->futex = other;
  submit(scratch, 0);
}

/** tokio::runtime::task::waker::wake_by_val(header), wake_by_ref(header) */
SEC("uprobe")
int tokio_wakes(struct pt_regs___program *regs) {
  count_use();
  tell_tokio(KIND_WAKE_TASK, regs->di);
  return 0;
}

/** tokio::runtime::task::list::OwnedTasks::bind_inner(list, task, notified): the task is made, and runs later. */
SEC("uprobe")
int tokio_makes(struct pt_regs___program *regs) {
  count_use();
  tell_tokio(KIND_MAKE_TASK, regs->si);
  return 0;
}

#endif
