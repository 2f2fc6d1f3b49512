// Memory that a thread of a program without a runtime holds on its stack: two threads that hold the same do the same, maybe.
#pragma once
#include "payload.h"

/** So much of the stack is looked through, chunk by chunk: where it is deeper, the first half at its top and the rest at its base. */
#define CHUNK_BYTES 4096
#define CHUNKS 4
#define STEP_WORDS 8
#define CHUNK_STEPS (CHUNK_BYTES / 8 / STEP_WORDS)
#define MAX_ADDRESSES 128
#define PLACE_SHIFT 48
#define PLACES (1 << 16)
/** The stack is copied behind what is told of it. */
#define STACK_AT PIECE_BYTES
/** A stack of another kind, of a coroutine, say, is not where the thread's own is. */
#define MOST_DEPTH (1 << 23)

/** The kernel maps memory above that; a program that is not relocated, and its heap, may be below. */
#define LOWEST_MAPPING (1ULL << 40)

struct finding {
  struct scratch *scratch;
  struct native_program program;
  __u64 top, depth, heap, heap_bytes;
  __u32 words, count;
  /** The place of the first word: registers, then the stack from its top, or, of its base, back from the last place. */
  __u32 place;
};

/** An address and, above its 48 bits, its place. */
static __always_inline void find_one(struct finding *finding, __u64 word, __u64 place) {
  if (word >> 47 || word & 7) return;
  if (word < LOWEST_MAPPING && word - finding->heap >= finding->heap_bytes) return;
  if (word - finding->top < finding->depth || word - finding->program.program < finding->program.program_bytes) return;
  if (word - finding->program.libraries < finding->program.libraries_bytes) return;
  if (finding->count >= MAX_ADDRESSES) return;
  ((__u64 *)finding->scratch->payload)[finding->count++ & (MAX_ADDRESSES - 1)] = word | place << PLACE_SHIFT;
}

/** Some words. Returns 1 to end. */
static long find_step(__u32 step, struct finding *finding) {
  if (step * STEP_WORDS >= finding->words) return 1;
  __u64 *words = (__u64 *)(finding->scratch->payload + STACK_AT) + (step & (CHUNK_STEPS - 1)) * STEP_WORDS;
  for (int i = 0; i < STEP_WORDS; i++)
    if (words[i]) find_one(finding, words[i], finding->place + step * STEP_WORDS + i);
  return finding->count >= MAX_ADDRESSES;
}

static __always_inline void find_in(struct finding *finding, __u64 from, __u32 bytes) {
  if (bytes > CHUNK_BYTES || bytes < 8) return;
  char *stack = finding->scratch->payload + STACK_AT;
  __builtin_memset(stack + (bytes & (CHUNK_BYTES - 1) & ~7), 0, STEP_WORDS * 8); // the last step may be a part
  if (bpf_probe_read_user(stack, bytes, (void *)from) < 0) return;
  finding->words = bytes / 8;
  bpf_loop(CHUNK_STEPS, find_step, finding, 0);
}

/** The end of the thread's stack: threads have their own data behind it. */
static __always_inline __u64 stack_base(struct event *event) {
  if (event->pid == event->tid) return FIELD(mm_struct, TASK(mm), start_stack);
#if defined(__TARGET_ARCH_x86)
  return TASK(thread.fsbase);
#else
  return TASK(thread.uw.tp_value);
#endif
}

/** Before, or behind, what the event is of: addresses in the frames of the thread, those of its last ones first. */
__noinline int tell_addresses(__u64 regs) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  struct event *event = &scratch->event;
  struct native_program *program = bpf_map_lookup_elem(&native_programs, &event->pid);
  if (!program) return 0;
  struct finding finding = {.scratch = scratch, .program = *program, .top = STACK_POINTER(regs)};
  __u64 memory = (__u64)TASK(mm);
  finding.heap = FIELD(mm_struct, memory, start_brk);
  finding.heap_bytes = FIELD(mm_struct, memory, brk) - finding.heap;
  __u64 base = stack_base(event), depth = base - finding.top;
  if (depth > MOST_DEPTH) depth = CHUNK_BYTES;
  finding.depth = depth;
  save_registers((__u64 *)(scratch->payload + STACK_AT), regs);
  finding.words = SAVED_WORDS;
  bpf_loop(CHUNK_STEPS, find_step, &finding, 0);
  for (__u32 i = 0; i < CHUNKS; i++) {
    __u64 at = i * CHUNK_BYTES;
    finding.place = SAVED_WORDS + at / 8;
    if (i >= CHUNKS / 2 && depth > CHUNKS * CHUNK_BYTES) {
      at = depth - (CHUNKS - i) * CHUNK_BYTES;
      finding.place = PLACES - (CHUNKS - i) * CHUNK_BYTES / 8;
    }
    if (at >= depth) break;
    find_in(&finding, finding.top + at, depth - at < CHUNK_BYTES ? depth - at : CHUNK_BYTES);
  }
  submit_words(scratch, KIND_ADDRESSES, finding.count * 8);
  return 0;
}

/** Whether the thread is one of such a program. */
static __always_inline bool is_native(struct thread *thread) {
  if (!thread || !state.fitted || !settings.loops) return false;
  fit_thread(thread, current_ids() >> 32);
  return thread->is_native;
}
