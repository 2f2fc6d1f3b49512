// A TCP segment that may be counted where it passes.
#pragma once

#define SYN 2
#define FIN_SYN 3
#define FIN_RST 5
#define FIN_SYN_RST 7
#define TCP_ACK 16

/** Both ends of a connection, the lower one first; IPv4 as ::ffff:a.b.c.d. */
struct ends {
  __be32 low[4];
  __be32 high[4];
  __be16 ports[2];
};

/** A segment of a packet that is nothing but Ethernet, IP without options and TCP, whole, with two different ends. */
struct segment {
  struct ends ends;
  /** Of its sender: 0 the lower. */
  __u32 side;
  __u32 frame_bytes;
  __u32 header_bytes;
  __u32 payload_bytes;
  __u32 seq;
  __u32 ack;
  __u16 window;
  __u8 flags;
};

/** False for what is anything else. */
static __always_inline bool read_segment(struct __sk_buff *skb, struct segment *segment) {
  const void *data = (void *)(long)skb->data;
  const void *end = (void *)(long)skb->data_end;
  const struct ethhdr *ethernet = data;
  const struct tcphdr *tcp;
  __u32 ip_bytes;
  if ((const void *)(ethernet + 1) > end || skb->vlan_present) return false;
  __builtin_memset(segment, 0, sizeof(*segment));
  if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
    const struct iphdr *ip = (const void *)(ethernet + 1);
    if ((const void *)(ip + 1) > end || ip->version != 4 || ip->ihl != 5 || ip->protocol != IPPROTO_TCP) return false;
    if ((ip->frag_off & bpf_htons(0x3fff)) != 0) return false;
    if (ETH_HLEN + bpf_ntohs(ip->tot_len) != skb->len) return false;
    tcp = (const void *)(ip + 1);
    ip_bytes = sizeof(*ip);
    if ((const void *)(tcp + 1) > end) return false;
    __u64 source = (__u64)ip->saddr << 16 | tcp->source;
    __u64 destination = (__u64)ip->daddr << 16 | tcp->dest;
    if (source == destination) return false;
    segment->ends.low[2] = segment->ends.high[2] = bpf_htonl(0xffff);
    segment->side = source > destination;
    segment->ends.low[3] = segment->side ? ip->daddr : ip->saddr;
    segment->ends.high[3] = segment->side ? ip->saddr : ip->daddr;
  } else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
    const struct ipv6hdr *ip = (const void *)(ethernet + 1);
    if ((const void *)(ip + 1) > end || ip->version != 6 || ip->nexthdr != IPPROTO_TCP) return false;
    if (ETH_HLEN + sizeof(*ip) + bpf_ntohs(ip->payload_len) != skb->len) return false;
    tcp = (const void *)(ip + 1);
    ip_bytes = sizeof(*ip);
    if ((const void *)(tcp + 1) > end) return false;
    const __be32 *source = ip->saddr.in6_u.u6_addr32;
    const __be32 *destination = ip->daddr.in6_u.u6_addr32;
    __s64 difference = (__s64)source[0] - destination[0];
    if (difference == 0) difference = (__s64)source[1] - destination[1];
    if (difference == 0) difference = (__s64)source[2] - destination[2];
    if (difference == 0) difference = (__s64)source[3] - destination[3];
    if (difference == 0) difference = (__s64)tcp->source - tcp->dest;
    if (difference == 0) return false;
    segment->side = difference > 0;
    __builtin_memcpy(segment->side ? segment->ends.high : segment->ends.low, source, 16);
    __builtin_memcpy(segment->side ? segment->ends.low : segment->ends.high, destination, 16);
  } else {
    return false;
  }
  __u32 headers = ETH_HLEN + ip_bytes + 4 * tcp->doff;
  if (tcp->doff < 5 || headers > skb->len) return false;
  segment->ends.ports[0] = segment->side ? tcp->dest : tcp->source;
  segment->ends.ports[1] = segment->side ? tcp->source : tcp->dest;
  segment->frame_bytes = skb->len;
  segment->header_bytes = headers;
  segment->payload_bytes = skb->len - headers;
  segment->seq = bpf_ntohl(tcp->seq);
  segment->ack = bpf_ntohl(tcp->ack_seq);
  segment->window = bpf_ntohs(tcp->window);
  segment->flags = ((const __u8 *)tcp)[13];
  return true;
}

/** Neither the beginning nor the end of a connection, nor a probe of a closed window or a keep-alive, which have one byte or none. */
static __always_inline bool is_plain(const struct segment *segment) {
  return (segment->flags & (TCP_ACK | FIN_SYN_RST)) == TCP_ACK && segment->window != 0 && segment->payload_bytes != 1;
}
