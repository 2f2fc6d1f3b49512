// What the main thread of Node.js runs before a system call: functions of JavaScript, and jobs that go on with promises.
#pragma once
#include "payload.h"

#if defined(__TARGET_ARCH_x86)

#define MAX_FRAMES 48
/** A function of C++ has a buffer of 16 KB in its frame. */
#define MAX_FRAME_BYTES 65536
#define MAX_JOBS 32
#define HEAD_WORDS 3

struct frames {
  struct scratch *scratch;
  __u64 frame, run_timers, run_timers_bytes;
  __u32 words;
  __u32 in_timers;
};

/** Objects are told from numbers by their lowest bits. */
static __always_inline bool is_object(__u64 word) { return (word & 3) == 1; }

/** One frame, from the innermost on: in front of the saved frame pointer are the context and the function. Returns 1 to end. */
static long frame_step(__u32 step, struct frames *frames) {
  struct { __u64 function, context, next, returns; } words;
  __u64 *payload = (__u64 *)frames->scratch->payload;
  if (bpf_probe_read_user(&words, sizeof(words), (void *)(frames->frame - 16)) < 0) return 1;
  if (is_object(words.function) && is_object(words.context)) {
    payload[(HEAD_WORDS + frames->words++) & 255] = words.function;
    payload[(HEAD_WORDS + frames->words++) & 255] = words.context;
  }
  if (words.returns - frames->run_timers < frames->run_timers_bytes) frames->in_timers = 1;
  if (frames->in_timers || words.next - frames->frame - 1 >= MAX_FRAME_BYTES) return 1;
  frames->frame = words.next;
  return 0;
}

/**
 * v8::internal::MicrotaskQueue, behind the pointer to its virtual functions: the jobs are a ring of a power of two. A job is taken out of
 * it when it begins, and has `finished` when it ends.
 */
struct microtasks { __u64 size, capacity, start, ring, finished, next, previous; __u32 depth, suppressions, policy; __u8 is_running, rest[3]; };

/** What the first word of the payload says. */
#define TELLS_TIMERS 1
#define TELLS_WAITING 2
#define TELLS_JOB 4

/** So many jobs of the ring from that one on, behind so many words of the payload. */
static __always_inline void copy_ring(__u64 *payload, __u64 words, struct microtasks *queue, __u64 from, __u64 count) {
  __u64 at = HEAD_WORDS + words;
  __u64 at_end = from + count > queue->capacity ? queue->capacity - from : count;
  if (at_end > MAX_JOBS || count > MAX_JOBS || at_end > count) return;
  bpf_probe_read_user(payload + (at & 255), at_end * 8, (void *)(queue->ring + 8 * from));
  at += at_end;
  __u64 rest = count - at_end;
  if (rest > MAX_JOBS) return;
  bpf_probe_read_user(payload + (at & 255), rest * 8, (void *)queue->ring);
}

static __always_inline __u32 at_most(__u64 count) { return count < MAX_JOBS ? count : MAX_JOBS; }

/**
 * Jobs that were begun since that was told last, the oldest first, behind so many words of the payload. The ring may have them no more:
 * those that wait take their places, and they are not copied into a larger one.
 */
static __always_inline __u32 copy_jobs(__u64 *payload, struct node_places *places, __u32 words, struct microtasks *queue) {
  __u64 begun = queue->finished + queue->is_running - places->begun;
  __u64 left = queue->capacity - queue->size;
  if (queue->ring != places->ring && queue->start < left) left = queue->start;
  __u64 count = at_most(begun < left ? begun : left);
  __u64 from = queue->start >= count ? queue->start - count : queue->start + queue->capacity - count;
  places->begun += begun;
  places->ring = queue->ring;
  payload[2] = places->begun;
  copy_ring(payload, words, queue, from, count);
  return count;
}

/** Objects are addressed one byte further on than they begin. */
#define TAG 1
/** A context that an `await` makes has three slots (a small integer, in the upper half), the last of which is the function's state. */
#define AWAIT_SLOTS (3ULL << 32)
struct await_context { __u64 map, slots, scope_info, previous, generator; };

/** The state of the asynchronous function that waits with that context; 0: it is no such context. */
static __always_inline __u64 generator_of(__u64 context) {
  struct await_context await;
  if (!is_object(context) || bpf_probe_read_user(&await, sizeof(await), (void *)(context - TAG)) < 0) return 0;
  return await.slots == AWAIT_SLOTS && is_object(await.generator) ? await.generator : 0;
}

struct jobs { struct scratch *scratch; __u32 at; __u32 count; };

/**
 * Behind the jobs: the state of the asynchronous function that each goes on with, or 0. A `PromiseReactionJobTask` has its context at
 * 16, from V8 12 on at 24.
 */
static long job_step(__u32 step, struct jobs *jobs) {
  __u64 words[4] = {}, *payload = (__u64 *)jobs->scratch->payload;
  if (step >= jobs->count) return 1;
  bpf_probe_read_user(words, sizeof(words), (void *)(payload[(jobs->at + step) & 511] - TAG));
  __u64 generator = generator_of(words[3]);
  payload[(jobs->at + jobs->count + step) & 511] = generator ? generator : generator_of(words[2]);
  return 0;
}

/**
 * At each call of the main thread of Node.js: what has run since the one before, and what runs now.
 *
 * @param frame the innermost frame; 0: it comes from the loop
 */
__noinline int tell_running(__u64 frame) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  struct event *event = &scratch->event;
  struct node_places *places = bpf_map_lookup_elem(&node_places, &event->pid);
  if (!places || !places->queue) return 0;
  struct frames frames = {.scratch = scratch, .frame = frame, .run_timers = places->run_timers};
  frames.run_timers_bytes = places->run_timers_bytes;
  if (frame) bpf_loop(MAX_FRAMES, frame_step, &frames, 0);
  __u32 words = frames.words & 127;
  __u64 *payload = (__u64 *)scratch->payload;
  struct microtasks queue = {};
  if (bpf_probe_read_user(&queue, sizeof(queue), (void *)(places->queue + 8)) < 0) return 0;
  if (event->kind == KIND_RUNNING) queue.is_running = false; // jobs are about to begin
  __u64 begun_before = places->begun;
  __u32 jobs = copy_jobs(payload, places, words, &queue);
  payload[0] = (frames.in_timers ? TELLS_TIMERS : 0) | (queue.is_running ? TELLS_JOB : 0);
  payload[1] = words;
  if (!words && places->begun == begun_before) return 0;
  struct jobs told = {.scratch = scratch, .at = HEAD_WORDS + words, .count = jobs};
  if (jobs) bpf_loop(MAX_JOBS, job_step, &told, 0);
  submit_words(scratch, KIND_RUNNING, (HEAD_WORDS + words + 2 * jobs) * 8);
  return 0;
}

static __always_inline void tell_what_runs(struct scratch *scratch, __u64 regs, bool in_program) {
  const __u8 flags = FLAG_ASYNC_IDS | FLAG_BUFFER;
  if (settings.loops && (scratch->event.flags & flags) == flags) tell_running(in_program ? FRAME_POINTER(regs) : 0);
}

/** Jobs that wait begin to run, and then those that they make: what has been done before was not theirs. */
static __always_inline void tell_waiting(struct scratch *scratch, struct node_places *places) {
  struct microtasks queue = {};
  __u64 *payload = (__u64 *)scratch->payload;
  if (bpf_probe_read_user(&queue, sizeof(queue), (void *)(places->queue + 8)) < 0) return;
  __u32 count = at_most(queue.size);
  places->begun = queue.finished;
  places->ring = queue.ring;
  payload[0] = TELLS_WAITING;
  payload[1] = 0;
  payload[2] = queue.size;
  copy_ring(payload, 0, &queue, queue.start, count);
  struct jobs told = {.scratch = scratch, .at = HEAD_WORDS, .count = count};
  bpf_loop(MAX_JOBS, job_step, &told, 0);
  submit_words(scratch, KIND_RUNNING, (HEAD_WORDS + 2 * count) * 8);
}

/** v8::internal::Heap::Scavenge and MarkCompact: objects are moved. */
SEC("uprobe")
int node_collects(void *regs) {
  __u64 ids = current_ids();
  __u32 pid = ids >> 32;
  struct node_places *places = (__u32)ids == pid ? bpf_map_lookup_elem(&node_places, &pid) : 0;
  if (places) places->collections++;
  return 0;
}

#else
static __always_inline void tell_what_runs(struct scratch *scratch, __u64 regs, bool in_program) {}
#endif
