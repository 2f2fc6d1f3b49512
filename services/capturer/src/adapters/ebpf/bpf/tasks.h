// Tasks that a runtime puts on threads: virtual threads of Java, tasks of Python's asyncio. Their ids lie in the program's memory.
#pragma once
#include "maps.h"

#define MAX_STEPS 6
#define MAX_LIST 8

/**
 * Of a JVM: where in a `JavaThread` its allocation buffer (TLAB), the base of its stack and the handle of the virtual thread that it
 * runs (0: it knows none) are; the heap, a counter of collections, and whether one is under way. `JavaPlaces` of
 * runtimes/task-path.ts.
 */
struct java_places {
  __u64 heap;
  __u64 heap_bytes;
  __u64 collections;
  __u64 collecting;
  /** Compressed references: address 0, and by how many bits they are shorter. */
  __u64 narrow_base;
  __u32 buffer;
  __u32 stack_base;
  __u32 runner;
  /** So many of the first steps lead to the `JavaThread`; 0: it is no JVM. */
  __u32 thread_steps;
  /** Bytes of the stack in front of the first frame of Java: the thread's own data, and the JVM's frames. */
  __u32 first_frame;
  /** Where the `JavaThread` tells between which frames and those of a virtual thread it changes. */
  __u32 entry;
  __u32 narrow_shift;
  /** Bytes of a reference in an object; 0: objects are not looked into. */
  __u32 narrow_bytes;
};

/** `TaskPath` of runtimes/task-path.ts, by process. */
struct task_path {
  __s32 steps[MAX_STEPS];
  __u32 step_count;
  /** After so many steps two objects are compared; 0: never. The same ones: the thread runs no task. */
  __u32 compare_after;
  __s32 compare[2];
  /** Node.js: where `async_id_fields` of its main thread are, three doubles of which are read; 0: it is none. */
  __u64 async_ids;
  struct java_places java;
  /** Python: where in a context stands whether it has been entered; one that has not is the thread's own, no task. 0: not asked. */
  __u32 entered_at;
  /** What the steps lead to is the last one of a list, each of which begins with a pointer to the one before: the first one is the id. */
  __u32 to_first;
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10240);
  __type(key, __u32);
  __type(value, struct task_path);
} task_paths SEC(".maps");

/** `NodePlaces` of runtimes/node.ts, by process: where the isolate of the main thread makes objects, and its queue of microtasks. */
struct node_places {
  __u64 buffer;
  __u64 queue;
  /** The code of `node::Environment::RunTimers`. */
  __u64 run_timers;
  __u64 run_timers_bytes;
  /** How many microtasks it had begun when that was told last, and the ring that they were in. */
  __u64 begun;
  __u64 ring;
  /** How often garbage was collected. */
  __u64 collections;
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 10240);
  __type(key, __u32);
  __type(value, struct node_places);
} node_places SEC(".maps");

#define ASYNC_EXECUTING 0
#define ASYNC_TRIGGER 8
#define ASYNC_COUNTER 16

#define FRACTION_BITS 52
#define EXPONENT_OF_1 1023

/** The whole number that a double is; 0 where it does not fit. */
static __always_inline __u32 whole(__u64 number) {
  __u64 bits = (number >> FRACTION_BITS) - EXPONENT_OF_1;
  if (bits >= 32) return 0;
  __u64 fraction = (number & ((1ULL << FRACTION_BITS) - 1)) | 1ULL << FRACTION_BITS;
  return fraction >> (FRACTION_BITS - bits);
}

static __always_inline __u64 word_at(__u64 address) {
  __u64 word = 0;
  bpf_probe_read_user(&word, sizeof(word), (void *)address);
  return word;
}

/** Id of the task that the current thread runs; 0 without. */
static __always_inline __u64 current_task(__u32 pid) {
#if defined(__TARGET_ARCH_x86)
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &pid);
  if (!path) return 0;
  __u64 at = TASK(thread.fsbase);
  for (__u32 i = 0; i < MAX_STEPS; i++) {
    if (i >= path->step_count) break;
    if (path->compare_after && i == path->compare_after &&
        word_at(word_at(at + path->compare[0])) == word_at(word_at(at + path->compare[1])))
      return 0;
    at = word_at(at + path->steps[i]);
    if (!at) return 0;
  }
  if (path->entered_at && !(__u32)word_at(at + path->entered_at)) return 0;
  for (__u32 i = 0; path->to_first && i < MAX_LIST; i++) {
    __u64 before = word_at(at);
    if (!before) break;
    at = before;
  }
  return at;
#else
  return 0;
#endif
}

/** What the first `steps` of a path lead to. */
static __always_inline __u64 follow(struct task_path *path, __u32 steps) {
#if defined(__TARGET_ARCH_x86)
  __u64 at = FIELD(task_struct, bpf_get_current_task(), thread.fsbase);
  for (__u32 i = 0; i < MAX_STEPS; i++) {
    if (i >= steps) break;
    at = word_at(at + path->steps[i]);
    if (!at) return 0;
  }
  return at;
#else
  return 0;
#endif
}

/** The kernel's number of a thread, by its `JavaThread`. */
struct java_thread_key { __u64 address; __u64 pid; };
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct java_thread_key);
  __type(value, __u32);
} java_threads SEC(".maps");

/** It is known from now on which thread that `JavaThread` is. */
static __always_inline void note_java_thread(struct thread *thread, __u64 address, struct event *event) {
  struct java_thread_key key = {.address = address, .pid = event->pid};
  thread->java = address;
  bpf_map_update_elem(&java_threads, &key, &event->tid, BPF_ANY);
}

/** `ThreadLocalAllocBuffer`: objects are made at its top, one behind the other. */
struct java_buffer { __u64 start, top, unused, end; };

/** How far the current thread of a JVM has filled its buffer: an object's address tells who made it, and when. */
static __always_inline void name_java(struct event *event, struct thread *of, struct task_path *path) {
  struct java_buffer buffer = {};
  __u64 thread = follow(path, path->java.thread_steps);
  if (of && of->java != thread) note_java_thread(of, thread, event);
  if (!thread || bpf_probe_read_user(&buffer, sizeof(buffer), (void *)(thread + path->java.buffer)) < 0) return;
  if (word_at(path->java.collecting) & 0xff) return; // the buffer is one from before, the counter may be that of afterwards
  event->parent_goid = buffer.top;
  event->futex = buffer.start;
  event->other_pid = (buffer.end - buffer.top) >> 3;
  event->other_tid = word_at(path->java.collections);
  event->flags |= FLAG_BUFFER;
}

/** V8's `LinearAllocationArea`: objects are made at its top, one behind the other. */
struct node_buffer { __u64 start, top; };

/** How far the main thread of Node.js has filled the space of young objects. */
static __always_inline void name_young(struct event *event) {
  struct node_buffer buffer = {};
  struct node_places *places = bpf_map_lookup_elem(&node_places, &event->pid);
  if (!places || bpf_probe_read_user(&buffer, sizeof(buffer), (void *)places->buffer) < 0) return;
  event->futex = buffer.top;
  event->other_pid = (buffer.top - buffer.start) >> 3;
  event->other_tid = places->collections;
  event->flags |= FLAG_BUFFER;
}

/** The task that the current thread runs; in Node.js what is executing, and how many of its kind there were. */
static __always_inline void name_task(struct event *event, struct thread *thread) {
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &event->pid);
  if (!path) return;
  if (!path->async_ids) {
    event->goid = path->step_count > path->java.thread_steps ? current_task(event->pid) : 0;
    if (path->java.thread_steps) name_java(event, thread, path);
  } else if (event->tid == event->pid) {
    event->goid = word_at(path->async_ids + ASYNC_EXECUTING);
    event->parent_goid = word_at(path->async_ids + ASYNC_COUNTER);
    event->trigger = whole(word_at(path->async_ids + ASYNC_TRIGGER));
    event->flags |= FLAG_ASYNC_IDS;
    if (!event->futex) name_young(event);
  }
}
