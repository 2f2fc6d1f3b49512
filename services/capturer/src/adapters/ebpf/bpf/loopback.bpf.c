// Frames of the loopback interface, as they come in, into a ring: for three fifths of what a packet socket costs who sends there; or,
// while nobody looks at payload, counted here (segments.h), for less than half (bench/loopback.ts). The programs change nothing, and leave the
// verdict to those behind them.
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "built-from.h"

/** The program behind this one decides (since Linux 6.6, linux/bpf.h). */
#define TCX_NEXT -1

/** In front of the bytes of each frame; `adapters/ebpf/loopback-ring.ts` reads it. */
struct frame {
  /** CLOCK_MONOTONIC. */
  __u64 time_ns;
  __u32 wire_bytes;
  __u32 captured_bytes;
  __u8 bytes[];
};

/** Ports of a TCP connection of this process and its addresses, IPv4 as ::ffff:a.b.c.d; in both directions. */
struct connection {
  __be32 source[4];
  __be32 destination[4];
  __be16 ports[2];
};

#define NOT_COUNTING 0
#define COUNTING 1
/** Not any more; what was counted still goes before the next segment of its connection. */
#define COUNTING_ENDS 2

/** Written by user space, `adapters/ebpf/loopback-ring.ts` has the same offsets. */
struct {
  __u32 snaplen;
  /** 0: nothing is captured any more. */
  __u32 is_on;
  /** Whether segments in sequence are counted here: NOT_COUNTING, COUNTING or COUNTING_ENDS. */
  __u32 counting;
  __u32 unused;
  /** CLOCK_MONOTONIC when a second of the wall clock began. */
  __u64 second_ns;
  /** A bit for each port that is one of `own`. */
  __u64 own_ports[1024];
} state;

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 24);
} frames SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
  __type(key, struct connection);
  __type(value, __u8);
} own SEC(".maps");

#include "segments.h"

/** Frames that the ring had no room for. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} lost SEC(".maps");

static __always_inline bool is_own_port(__be16 port) {
  __u16 number = bpf_ntohs(port);
  return state.own_ports[number >> 6] >> (number & 63) & 1;
}

/** @param bytes at least 78 of the frame: Ethernet, the longest IPv4 header or that of IPv6, and the ports */
static __always_inline bool is_own(const __u8 *bytes) {
  struct connection key = {};
  __be16 protocol = *(__be16 *)(bytes + 12);
  const __u8 *ip = bytes + ETH_HLEN;
  const __be16 *ports;
  if (protocol == bpf_htons(ETH_P_IP)) {
    if (ip[9] != IPPROTO_TCP || (*(__be16 *)(ip + 6) & bpf_htons(0x1fff)) != 0) return false;
    ports = (const __be16 *)(ip + 4 * (ip[0] & 15));
  } else if (protocol == bpf_htons(ETH_P_IPV6)) {
    if (ip[6] != IPPROTO_TCP) return false;
    ports = (const __be16 *)(ip + 40);
  } else {
    return false;
  }
  key.ports[0] = ports[0];
  key.ports[1] = ports[1];
  if (!is_own_port(key.ports[0]) && !is_own_port(key.ports[1])) return false;
  if (protocol == bpf_htons(ETH_P_IP)) {
    key.source[2] = key.destination[2] = bpf_htonl(0xffff);
    key.source[3] = *(__be32 *)(ip + 12);
    key.destination[3] = *(__be32 *)(ip + 16);
  } else {
    __builtin_memcpy(key.source, ip + 8, 32);
  }
  return bpf_map_lookup_elem(&own, &key) != 0;
}

/** Reserves room for so many bytes of a frame, which the verifier wants to know beforehand, and fills it. */
static __always_inline int take_frame(struct __sk_buff *skb, __u32 room, __u32 captured) {
  struct frame *frame = bpf_ringbuf_reserve(&frames, sizeof(struct frame) + room, 0);
  if (!frame) {
    __u32 key = 0;
    __u64 *count = bpf_map_lookup_elem(&lost, &key);
    if (count) ++*count;
    return TCX_NEXT;
  }
  frame->time_ns = bpf_ktime_get_ns();
  frame->wire_bytes = skb->len;
  if (captured > room) captured = room;
  frame->captured_bytes = captured;
  if (captured == 0 || bpf_skb_load_bytes(skb, 0, frame->bytes, captured) != 0 || is_own(frame->bytes))
    bpf_ringbuf_discard(frame, BPF_RB_NO_WAKEUP);
  else
    bpf_ringbuf_submit(frame, BPF_RB_NO_WAKEUP);
  return TCX_NEXT;
}

SEC("tc")
int loopback_frames(struct __sk_buff *skb) {
  struct segment segment;
  __u32 captured = skb->len;
  if (captured > state.snaplen) captured = state.snaplen;
  if (!state.is_on) return TCX_NEXT;
  if (state.counting != NOT_COUNTING && read_segment(skb, &segment) && !is_own_port(segment.ends.ports[0]) &&
      !is_own_port(segment.ends.ports[1]) && count(skb, &segment, state.second_ns, state.counting == COUNTING))
    return TCX_NEXT;
  if (captured <= 112) return take_frame(skb, 112, captured);
  if (captured <= 496) return take_frame(skb, 496, captured);
  if (captured <= 2032) return take_frame(skb, 2032, captured);
  if (captured <= 16368) return take_frame(skb, 16368, captured);
  return take_frame(skb, 65552, captured);
}

/** For all connections, with `now`: hands over what was counted in a second that is over; what has been silent goes. */
static long hand_over_second(void *map, const struct ends *ends, struct connection_state *state, const __u64 *now) {
  if (!is_empty(state)) {
    if (*now >= state->end_ns) hand_over(state, *now);
  } else if (is_forgotten(state, *now)) {
    if (!lock(state)) return 0;
    bool is_gone = is_empty(state) && is_forgotten(state, *now);
    state->is_gone = is_gone;
    unlock(state);
    if (is_gone) bpf_map_delete_elem(map, ends);
  }
  return 0;
}

/** For all connections, likewise: hands over what was counted, and forgets them. */
static long hand_over_last(void *map, const struct ends *ends, struct connection_state *state, const __u64 *now) {
  if (lock(state)) {
    state->is_gone = true;
    bool is_nothing = is_empty(state);
    unlock(state);
    if (is_nothing || hand_over(state, *now)) {
      bpf_map_delete_elem(map, ends);
      return 0;
    }
  }
  // There was no room. It is told later, and the connection has to be found again.
  state->has_missed = true;
  state->is_gone = false;
  return 0;
}

// User space runs these two itself, with a packet that is none.

SEC("tc")
int seconds_over(struct __sk_buff *skb) {
  __u64 now = bpf_ktime_get_ns();
  bpf_for_each_map_elem(&connections, hand_over_second, &now, 0);
  return TCX_NEXT;
}

SEC("tc")
int counting_over(struct __sk_buff *skb) {
  __u64 now = bpf_ktime_get_ns();
  bpf_for_each_map_elem(&connections, hand_over_last, &now, 0);
  return TCX_NEXT;
}

char program_license[] SEC("license") = "GPL";
