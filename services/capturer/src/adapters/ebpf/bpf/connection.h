// How far a connection is, and what its sides have sent since user space was told last.
#pragma once
#include "segment.h"

#define MAX_HEADER_BYTES (ETH_HLEN + 40 + 60)
#define HEADER_ROOM 120
#define BOTH 3
/** Some tenths of a millisecond. */
#define LOCK_TRIES 10000
#define SECOND_NS 1000000000ull
/** The first segment after such a silence is shown. Then a connection that has come to its end is forgotten. */
#define SILENT_NS (2 * SECOND_NS)
/** Then others are: a segment may be sent again after 120 s (TCP_RTO_MAX of Linux). */
#define FORGOTTEN_NS (150 * SECOND_NS)

/** What one side has sent since it was handed over last, and how far it is. ns. */
struct sent {
  __u64 frame_bytes;
  __u64 payload_bytes;
  /** Of its last data. */
  __u64 data_ns;
  /** From the other side's last data to data of this one that answers it: sum and longest. */
  __u64 answers_ns;
  __u64 longest_answer_ns;
  /** From the other side's last data to a segment without data that acknowledges it. */
  __u64 acks_ns;
  __u64 longest_ack_ns;
  __u32 answers;
  __u32 acks;
  __u32 packets;
  /** Of these: with payload. */
  __u32 data_packets;
  __u32 next_seq;
  __u32 last_ack;
  __u16 window;
  __u8 flags;
  __u8 unused[5];
};

struct connection_state {
  /** 1: a processor works on it. A `bpf_spin_lock` would switch interrupts off and on, which takes half as long as all the rest. */
  __u32 lock;
  /** A bit for each side: it has sent something. */
  __u8 begun;
  /** A bit for each side: it is in sequence, and user space has been shown so. */
  __u8 known;
  /** A bit for the side that sent data last; 0: user space has not been shown any. */
  __u8 spoke;
  /** A bit for each side: its last data has not been acknowledged without data. */
  __u8 unanswered;
  /** FIN or RST was sent: nothing is counted any more. */
  __u8 is_closing;
  /** It is being taken out. */
  __u8 is_gone;
  /** User space was shown a segment that is not accounted here. Written without the lock. */
  __u8 has_missed;
  /** Of what has not been handed over. */
  __u64 first_ns;
  __u64 last_ns;
  /** When the second ends that it was counted in. */
  __u64 end_ns;
  struct sent sent[2];
  /** Of the segment that the connection began with: its headers, the bytes of its frame, who sent it. */
  __u8 header[HEADER_ROOM];
  __u32 frame_bytes;
  __u8 header_bytes;
  __u8 header_side;
};

static __always_inline bool try_lock(struct connection_state *state) {
  return __sync_val_compare_and_swap(&state->lock, 0, 1) == 0;
}

static long try_again(__u32 turn, struct connection_state **state) {
  return try_lock(*state) ? 1 : 0;
}

/** False where the other processor takes unusually long: its hypervisor may have stopped it. */
static __always_inline bool lock(struct connection_state *state) {
  if (!try_lock(state) && bpf_loop(LOCK_TRIES, try_again, &state, 0) == LOCK_TRIES) return false;
  if (state->has_missed) {
    state->has_missed = 0;
    state->known = state->spoke = state->unanswered = 0;
  }
  return true;
}

static __always_inline void unlock(struct connection_state *state) {
  __sync_lock_test_and_set(&state->lock, 0);
}

/** Next in sequence in a connection that user space has seen so far; and no duplicate acknowledgement. */
static __always_inline bool is_next(const struct connection_state *state, const struct segment *segment, __u64 now) {
  const struct sent *from = &state->sent[segment->side & 1];
  return !state->is_gone && state->known == BOTH && state->spoke && segment->seq == from->next_seq &&
         (segment->payload_bytes != 0 || segment->ack != from->last_ack) && now < state->last_ns + SILENT_NS;
}

/** The connection is so far now. What delays are over is counted if the segment is. */
static __always_inline void advance(struct connection_state *state, const struct segment *segment, __u64 now, bool is_counted) {
  __u32 side = segment->side & 1;
  __u8 mine = 1 << side;
  __u8 others = BOTH ^ mine;
  struct sent *from = &state->sent[side];
  const struct sent *to = &state->sent[side ^ 1];
  __u64 since_ns = now - to->data_ns;
  if (segment->payload_bytes != 0) {
    if (is_counted && state->spoke == others) {
      from->answers++;
      from->answers_ns += since_ns;
      if (since_ns > from->longest_answer_ns) from->longest_answer_ns = since_ns;
    }
    state->spoke = mine;
    state->unanswered = mine;
    from->data_ns = now;
    from->next_seq = segment->seq + segment->payload_bytes;
  } else if ((state->unanswered & others) != 0 && segment->ack == to->next_seq) {
    if (is_counted) {
      from->acks++;
      from->acks_ns += since_ns;
      if (since_ns > from->longest_ack_ns) from->longest_ack_ns = since_ns;
    }
    state->unanswered &= ~others;
  }
  from->last_ack = segment->ack;
  state->last_ns = now;
}

static __always_inline void add(struct connection_state *state, const struct segment *segment, __u64 now) {
  struct sent *from = &state->sent[segment->side & 1];
  if (now < state->last_ns) now = state->last_ns;
  from->packets++;
  from->frame_bytes += segment->frame_bytes;
  from->payload_bytes += segment->payload_bytes;
  if (segment->payload_bytes != 0) from->data_packets++;
  from->window = segment->window;
  from->flags |= segment->flags;
  advance(state, segment, now, true);
}

/**
 * User space is shown the segment itself: the connection goes on from there. What is out of sequence is followed as user space does, and what
 * comes then is shown until each side is in sequence again.
 */
static __always_inline void show(struct connection_state *state, const struct segment *segment, __u64 now) {
  __u32 side = segment->side & 1;
  __u8 mine = 1 << side;
  struct sent *from = &state->sent[side];
  __u32 next_seq = segment->seq + segment->payload_bytes + ((segment->flags & FIN_SYN) != 0);
  if ((segment->flags & SYN) != 0) state->begun = state->is_closing = 0;
  if ((segment->flags & FIN_RST) != 0) state->is_closing = 1;
  bool has_begun = (state->begun & mine) != 0;
  state->begun |= mine;
  state->last_ns = now;
  if (!is_plain(segment) || state->is_closing || (has_begun && segment->seq != from->next_seq)) {
    state->known = state->spoke = state->unanswered = 0;
    if (!has_begun || (__s32)(next_seq - from->next_seq) > 0) from->next_seq = next_seq;
    return;
  }
  from->next_seq = segment->seq;
  state->known |= mine;
  advance(state, segment, now, false);
}

static __always_inline bool is_forgotten(const struct connection_state *state, __u64 now) {
  return now > state->last_ns + (state->is_closing ? SILENT_NS : FORGOTTEN_NS);
}

static __always_inline bool is_empty(const struct connection_state *state) {
  return state->sent[0].packets + state->sent[1].packets == 0;
}
