// Objects that a thread of a JVM holds: who made them made them for what it does.
#pragma once
#include "java-connection.h"

#define MAX_HELD 32

struct holding {
  struct scratch *scratch;
  __u64 heap, heap_bytes;
  /** The thread's own buffer. */
  __u64 own, own_bytes;
  __u64 before;
  /** From where on the stack is looked through, towards its top, where the thread is. */
  __u64 base, top;
  __u32 count;
};

/** One word, from the base on. Returns 1 to end. */
static long hold_step(__u32 step, struct holding *holding) {
  char *payload = holding->scratch->payload;
  __u64 word = ((__u64 *)(payload + BASE_AT))[(BASE_WORDS - 1 - step) & (BASE_WORDS - 1)];
  if (holding->base - 8 * (step + 1) < holding->top) return 1;
  if (word & 7 || word - holding->heap >= holding->heap_bytes || word - holding->own < holding->own_bytes) return 0;
  if (word == holding->before) return 0;
  holding->before = word;
  ((__u64 *)payload)[holding->count++ & (MAX_HELD - 1)] = word;
  return holding->count == MAX_HELD;
}

/**
 * Before a thread of a JVM writes, connects, sleeps or wakes another one: the objects of others that its first frames hold, those of the
 * very first ones first; of a virtual thread first that object itself. `top`: the stack pointer.
 */
__noinline int tell_held(__u64 top, __u32 may_walk) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  struct event *event = &scratch->event;
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &event->pid);
  struct thread *of = known_thread(event->tid);
  if (!path || !path->java.thread_steps || (of && is_loop_of(of, event))) return 0; // a loop's connections tell for whom it works
  bool walks = may_walk && path->java.narrow_bytes && wants_walk(event), reads = event->kind == KIND_READ;
  if (reads && !walks) return 0;
  __u64 thread = follow(path, path->java.thread_steps), base, itself = 0;
  struct holding holding = {.scratch = scratch, .heap = path->java.heap, .heap_bytes = path->java.heap_bytes};
  if (event->goid) {
    itself = word_at(word_at(thread + path->java.runner));
    *(__u64 *)scratch->payload = itself;
    holding.count = 1;
    base = word_at(path->java.entry ? thread + path->java.entry : 0); // where that is not told (JDK 21), its object alone is looked at
  } else {
    holding.own = event->futex;
    holding.own_bytes = event->parent_goid + ((__u64)event->other_pid << 3) - event->futex;
    base = word_at(thread + path->java.stack_base) - path->java.first_frame;
  }
  holding.base = base;
  holding.top = top;
  __u32 words = 0;
  if (bpf_probe_read_user(scratch->payload + BASE_AT, BASE_BYTES, (void *)(base - BASE_BYTES)) == 0) {
    words = base > top ? (base - top) >> 3 : 0;
    if (!reads) bpf_loop(BASE_WORDS, hold_step, &holding, 0);
  }
  if (!reads && holding.count) submit_words(scratch, KIND_HOLD, holding.count * 8);
  if (walks) tell_reached(itself, words);
  return 0;
}

/**
 * A thread of a JVM that works on a message sleeps at a futex, wakes another one, or writes to what is no socket (a selector that is to
 * wake up, a log): how much it has made till then, and what it holds.
 */
__noinline int tell_java(__u64 regs, __u32 hands_on) {
  struct scratch *scratch = take_scratch(0);
  struct thread *thread = known_thread(current_ids());
  if (!scratch || !thread || bpf_ktime_get_ns() - thread->active_ns > ACTIVE_NS) return 0;
  fit_thread(thread, current_ids() >> 32); // it may have been started for this, and do nothing else that is seen
  if (!thread->has_tasks) return 0;
  struct event *event = &scratch->event;
  begin_event(scratch, KIND_HOLD);
  if (!name_process(scratch)) return 0;
  name_runner(event, thread, regs, STACK_POINTER(regs));
  if (event->flags & FLAG_BUFFER && event->parent_goid) tell_held(STACK_POINTER(regs), hands_on);
  return 0;
}
