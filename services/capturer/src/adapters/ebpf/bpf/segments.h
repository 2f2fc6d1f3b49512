// TCP segments in sequence, counted where they are: nine in ten are of an established connection, next in sequence, and say nothing
// but how many bytes there were and when. User space is told what they come to once a second, and before a segment of their connection that is
// anything else; so it finds every segment in its place. What a side has sent, and by when the other had answered it, is counted
// here as `libs/flow` counts it (steady-segments.ts, tcp-delays.ts).
#pragma once
#include "connection.h"

/** As handed over: a `struct frame` of headers, and what was counted; `adapters/ebpf/segment-run.ts` reads it. */
struct run {
  __u64 last_ns;
  __u32 frame_bytes;
  /** Captured bytes, with the mark RUN. */
  __u32 header_bytes;
  __u8 header[HEADER_ROOM];
  __u64 first_ns;
  struct sent sent[2];
  __u8 header_side;
  __u8 spoke;
  __u8 unanswered;
  __u8 unused[5];
};
#define RUN 0x80000000

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8192);
  __type(key, struct ends);
  __type(value, struct connection_state);
} connections SEC(".maps");

/** What was counted in seconds that are over. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 22);
} seconds SEC(".maps");

static const __u8 nothing_sent[sizeof(struct connection_state)];

static __always_inline void take(struct sent *to, struct sent *from) {
  *to = *from;
  from->frame_bytes = from->payload_bytes = 0;
  from->answers_ns = from->longest_answer_ns = from->acks_ns = from->longest_ack_ns = 0;
  from->answers = from->acks = from->packets = from->data_packets = 0;
  from->flags = 0;
}

static __always_inline bool hand_over_in(void *ring, struct connection_state *state) {
  struct run *run = bpf_ringbuf_reserve(ring, sizeof(struct run), 0);
  if (!run) return false;
  __builtin_memcpy(run->header, state->header, HEADER_ROOM);
  run->frame_bytes = state->frame_bytes;
  run->header_bytes = state->header_bytes | RUN;
  run->header_side = state->header_side;
  if (!lock(state)) {
    bpf_ringbuf_discard(run, BPF_RB_NO_WAKEUP);
    return false;
  }
  bool is_nothing = is_empty(state);
  run->first_ns = state->first_ns;
  run->last_ns = state->last_ns;
  run->spoke = state->spoke;
  run->unanswered = state->unanswered;
  take(&run->sent[0], &state->sent[0]);
  take(&run->sent[1], &state->sent[1]);
  unlock(state);
  if (is_nothing)
    bpf_ringbuf_discard(run, BPF_RB_NO_WAKEUP);
  else
    bpf_ringbuf_submit(run, BPF_RB_NO_WAKEUP);
  return true;
}

/**
 * Tells user space what was counted: in front of the frames that come from now on, or, if its second is over, with what else was
 * counted in that. False where there is no room: it is kept then.
 */
static __always_inline bool hand_over(struct connection_state *state, __u64 now) {
  return now < state->end_ns ? hand_over_in(&frames, state) : hand_over_in(&seconds, state);
}

/** @param second_ns when some second of the wall clock began */
static __always_inline __u64 end_of_second(__u64 now, __u64 second_ns) {
  return now < second_ns ? second_ns : second_ns + ((now - second_ns) / SECOND_NS + 1) * SECOND_NS;
}

static __always_inline void begin_connection(struct __sk_buff *skb, const struct segment *segment, __u64 now) {
  struct connection_state *state;
  __u64 header_bytes = segment->header_bytes;
  barrier_var(header_bytes); // in one register, so that the verifier sees what is compared
  if (header_bytes == 0 || header_bytes > MAX_HEADER_BYTES) return;
  if (bpf_map_update_elem(&connections, &segment->ends, nothing_sent, BPF_NOEXIST) != 0) return;
  state = bpf_map_lookup_elem(&connections, &segment->ends);
  if (!state) return;
  if (bpf_skb_load_bytes(skb, 0, state->header, header_bytes) != 0) return;
  state->frame_bytes = segment->frame_bytes;
  state->header_bytes = header_bytes;
  state->header_side = segment->side;
  if (!lock(state)) return;
  show(state, segment, now);
  unlock(state);
}

/**
 * True where the segment has been counted: user space need not see it.
 *
 * @param may_count false: nothing more is counted, and what was counted is handed over before the segment
 */
static __always_inline bool count(struct __sk_buff *skb, const struct segment *segment, __u64 second_ns, bool may_count) {
  struct connection_state *state = bpf_map_lookup_elem(&connections, &segment->ends);
  bool plain = may_count && is_plain(segment);
  __u64 now = bpf_ktime_get_ns();
  if (!state) {
    if (plain) begin_connection(skb, segment, now);
    return false;
  }
  if (!lock(state)) goto missed;
  bool is_next_one = plain && is_next(state, segment, now);
  bool has_counted = !is_empty(state);
  if (is_next_one && has_counted && now < state->end_ns) {
    add(state, segment, now);
    unlock(state);
    return true;
  }
  unlock(state);

  // Another second, or another kind of segment: what was counted goes first.
  if (has_counted) hand_over(state, now);
  if (!lock(state)) goto missed;
  is_next_one = is_next_one && is_next(state, segment, now);
  if (is_next_one) {
    if (is_empty(state)) {
      state->first_ns = now;
      state->end_ns = end_of_second(now, second_ns);
    }
    add(state, segment, now);
  } else {
    show(state, segment, now);
  }
  unlock(state);
  return is_next_one;

missed:
  state->has_missed = 1;
  return false;
}
