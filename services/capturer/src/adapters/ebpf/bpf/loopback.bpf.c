// Frames of the loopback interface, as they come in, into a ring: what a packet socket costs there, for a third of it. The
// program changes nothing, and leaves the verdict to those behind it.
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

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

/** Written by user space, `adapters/ebpf/loopback-ring.ts` has the same offsets. */
struct {
  __u32 snaplen;
  /** 0: nothing is captured any more. */
  __u32 is_on;
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
static __always_inline int take(struct __sk_buff *skb, __u32 room, __u32 captured) {
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
  __u32 captured = skb->len;
  if (captured > state.snaplen) captured = state.snaplen;
  if (!state.is_on) return TCX_NEXT;
  if (captured <= 112) return take(skb, 112, captured);
  if (captured <= 496) return take(skb, 496, captured);
  if (captured <= 2032) return take(skb, 2032, captured);
  if (captured <= 16368) return take(skb, 16368, captured);
  return take(skb, 65552, captured);
}

char program_license[] SEC("license") = "GPL";
