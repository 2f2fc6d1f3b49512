// What goroutines pass on through channels, seen where a program calls the runtime for that: before the call all arguments
// are in their places, behind it what was received. A goroutine may go on in another thread, and its stack may move
// meanwhile: what lies in it is kept by its distance from the stack pointer.
#pragma once
#include "go-tls.h"

#if defined(__TARGET_ARCH_x86)

/** Elements that are looked at are shorter; and most cases of a select that send. */
#define MAX_ELEMENT 128
#define MAX_SENDS 4
/** `elemsize` in `struct hchan` (runtime/chan.go): since 1.0 behind three words. */
#define ELEMENT_SIZE 24
/** `elem` in `struct sudog` (runtime/runtime2.go), who waits at a channel: behind its `g` and the list's pointers. */
#define WAITING_ELEMENT 24
/** `struct scase { c *hchan; elem unsafe.Pointer }` (runtime/select.go). */
#define CASE_BYTES 16

/** A receive, or a select, that a goroutine is in. */
struct go_receive {
  /** Of a receive; of a select only where it waited there before anybody looked. */
  __u64 channel;
  /** Where the element comes, or where the cases of a select are. */
  __u64 address;
  /** `address` is a distance from the stack pointer. */
  __u32 is_relative;
  /** Cases of a select that send; they come first. */
  __u32 sends;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, struct go_task);
  __type(value, struct go_receive);
} go_receives SEC(".maps");

/** Tells an element of a channel apart from others, by its bytes; 0: it has none. 48 bits, which a double holds. */
static __always_inline __u64 element_of(__u64 channel, __u64 address) {
  __u64 words[MAX_ELEMENT / 8] = {};
  __u64 size = word_at(channel + ELEMENT_SIZE) & 0xffff;
  if (!size || size >= MAX_ELEMENT || !address) return 0;
  asm volatile("" : "+r"(size)); // the mask is for the verifier
  if (bpf_probe_read_user(words, size & (MAX_ELEMENT - 1), (void *)address) < 0) return 0;
  __u64 hash = channel * 0x9e3779b97f4a7c15ULL; // addresses are alike: one xor the other is so, too
  for (int i = 0; i < MAX_ELEMENT / 8; i++) hash = (hash ^ words[i] ^ hash >> 29) * 0x9e3779b97f4a7c15ULL;
  return hash >> 16 | 1;
}

static __always_inline void tell_element(struct pt_regs___program *regs, __u8 kind, __u64 channel, __u64 address) {
  if (state.paused) return; // what a goroutine waits for is noted all the same: it may come when somebody looks again
  __u64 element = element_of(channel, address);
  struct scratch *scratch = take_scratch(0);
  if (!scratch || !element) return;
  struct event *event = &scratch->event;
  begin_event(scratch, kind);
  event->futex = element;
  if (!name_process(scratch)) return;
  scratch->about.peer = channel >> 4;
  tell_goroutine(scratch, regs->sp);
}

/**
 * A goroutine sends to the channel: who is the first to wait there goes on soon. One that has waited since before there were probes,
 * as workers do, gets it as if it had been seen to begin.
 */
static __always_inline void note_waiting(__u64 channel) {
  struct go_task task = {.pid = current_ids() >> 32};
  struct go_offsets *offsets = bpf_map_lookup_elem(&go_programs, &task.pid);
  __u64 waiting = offsets ? word_at(channel + offsets->receivers) : 0;
  if (!waiting) return;
  struct go_receive receive = {.channel = channel, .address = word_at(waiting + WAITING_ELEMENT)};
  task.g = word_at(waiting);
  if (receive.address) bpf_map_update_elem(&go_receives, &task, &receive, BPF_NOEXIST);
}

static __always_inline void tell_sent(struct pt_regs___program *regs, __u64 channel, __u64 address) {
  note_waiting(channel);
  tell_element(regs, KIND_PUT, channel, address);
}

/** runtime.chansend1(c, elem), runtime.selectnbsend(c, elem) */
SEC("uprobe")
int go_sends(struct pt_regs___program *regs) {
  count_use();
  tell_sent(regs, GO_ARGUMENT_1(regs), GO_ARGUMENT_2(regs));
  return 0;
}

/** runtime.newproc(function): the goroutine starts another one, and may be gone when that does something. */
SEC("uprobe")
int go_starts(struct pt_regs___program *regs) {
  count_use();
  tell_acting(regs);
  return 0;
}

static __always_inline void begin_receive(struct pt_regs___program *regs, __u64 channel, __u64 address, __u32 sends) {
  __u64 stack[2] = {};
  bpf_probe_read_user(stack, sizeof(stack), (void *)regs->r14);
  struct go_task task = go_task_of(regs);
  struct go_receive receive = {.channel = channel, .address = address, .sends = sends};
  if (address >= stack[0] && address < stack[1]) {
    receive.address -= regs->sp;
    receive.is_relative = 1;
  }
  bpf_map_update_elem(&go_receives, &task, &receive, BPF_ANY);
}

/** runtime.chanrecv1(c, elem), runtime.chanrecv2(c, elem) */
SEC("uprobe")
int go_receives_begin(struct pt_regs___program *regs) {
  count_use();
  if (GO_ARGUMENT_2(regs)) begin_receive(regs, GO_ARGUMENT_1(regs), GO_ARGUMENT_2(regs), 0);
  return 0;
}

/** runtime.selectnbrecv(elem, c) */
SEC("uprobe")
int go_tries_receive(struct pt_regs___program *regs) {
  count_use();
  if (GO_ARGUMENT_1(regs)) begin_receive(regs, GO_ARGUMENT_2(regs), GO_ARGUMENT_1(regs), 0);
  return 0;
}

/** What a goroutine was about to receive; the places are those of now. */
static __always_inline bool end_receive(struct pt_regs___program *regs, struct go_receive *receive) {
  struct go_task task = go_task_of(regs);
  struct go_receive *known = bpf_map_lookup_elem(&go_receives, &task);
  if (!known) return false;
  *receive = *known;
  if (receive->is_relative) receive->address += regs->sp;
  bpf_map_delete_elem(&go_receives, &task);
  return true;
}

/** Behind these calls. Of a closed channel comes what nobody has sent. */
SEC("uprobe")
int go_receives_end(struct pt_regs___program *regs) {
  struct go_receive receive;
  if (end_receive(regs, &receive)) tell_element(regs, KIND_GET, receive.channel, receive.address);
  return 0;
}

/** runtime.selectgo(cases, order, pcs, sends, receives, blocks): who takes it may go on before the call returns. */
SEC("uprobe")
int go_selects_begin(struct pt_regs___program *regs) {
  count_use();
  __u64 cases = GO_ARGUMENT_1(regs), sends = GO_ARGUMENT_4(regs);
  for (int i = 0; i < MAX_SENDS && i < sends; i++) {
    __u64 at = cases + i * CASE_BYTES;
    tell_sent(regs, word_at(at), word_at(at + 8));
  }
  if (regs->si) begin_receive(regs, 0, cases, sends);
  return 0;
}

/** It returns the number of a case; negative: none. */
SEC("uprobe")
int go_selects_end(struct pt_regs___program *regs) {
  struct go_receive receive;
  __s64 chosen = regs->ax;
  if (!end_receive(regs, &receive) || chosen < receive.sends || chosen > 65535) return 0;
  __u64 at = receive.address + chosen * CASE_BYTES;
  if (receive.channel) tell_element(regs, KIND_GET, receive.channel, receive.address);
  else tell_element(regs, KIND_GET, word_at(at), word_at(at + 8));
  return 0;
}

#endif
