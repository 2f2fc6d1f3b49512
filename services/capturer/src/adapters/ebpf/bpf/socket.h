// From a descriptor to its socket, and who is at its two ends.
#pragma once
#include "process.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262
#define SOCK_STREAM 1
#define TCP_LISTEN 10

struct sock_ref {
  __u64 file;
  __u64 sk;
  /** The TCP socket whose sequence numbers count; 0 without. */
  __u64 tcp;
  __u32 inode;
  __u16 family;
};

static __always_inline __u64 file_of(__u32 fd) {
  __u64 files = (__u64)TASK(files);
  if (!files) return 0;
  __u64 table = (__u64)FIELD(files_struct, files, fdt);
  if (fd >= FIELD(fdtable, table, max_fds)) return 0;
  return (__u64)pointer_at((__u64)FIELD(fdtable, table, fd) + 8ULL * fd);
}

/** False where the descriptor is no socket of a family that is watched. */
static __always_inline bool find_socket(struct sock_ref *ref, __u32 fd) {
  ref->file = file_of(fd);
  if (!ref->file) return false;
  __u64 inode = (__u64)FIELD(file, ref->file, f_inode);
  if ((FIELD(inode, inode, i_mode) & S_IFMT) != S_IFSOCK) return false;
  ref->inode = FIELD(inode, inode, i_ino);
  __u64 socket = (__u64)FIELD(file, ref->file, private_data);
  ref->sk = (__u64)FIELD(socket, socket, sk);
  if (!ref->sk) return false;
  ref->tcp = 0;
  ref->family = FIELD(sock, ref->sk, __sk_common.skc_family);
  return ref->family == AF_INET || ref->family == AF_INET6 || (settings.watch_unix && ref->family == AF_UNIX);
}

static __always_inline __u32 inode_of(__u64 sk) {
  __u64 socket = (__u64)FIELD(sock, sk, sk_socket);
  if (!socket) return 0;
  __u64 file = (__u64)FIELD(socket, socket, file);
  if (!file) return 0;
  return FIELD(inode, FIELD(file, file, f_inode), i_ino);
}

static __always_inline void describe_inet(struct scratch *scratch, __u64 sk, __u16 family) {
  struct about *about = &scratch->about;
  about->local_port = FIELD(sock, sk, __sk_common.skc_num);
  about->remote_port = bpf_ntohs(FIELD(sock, sk, __sk_common.skc_dport));
  if (family == AF_INET) {
    about->local_address[0] = FIELD(sock, sk, __sk_common.skc_rcv_saddr);
    about->remote_address[0] = FIELD(sock, sk, __sk_common.skc_daddr);
    return;
  }
  scratch->event.flags |= FLAG_IPV6;
  about->local_address[0] = FIELD(sock, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[0]);
  about->local_address[1] = FIELD(sock, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[1]);
  about->local_address[2] = FIELD(sock, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[2]);
  about->local_address[3] = FIELD(sock, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[3]);
  about->remote_address[0] = FIELD(sock, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[0]);
  about->remote_address[1] = FIELD(sock, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[1]);
  about->remote_address[2] = FIELD(sock, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[2]);
  about->remote_address[3] = FIELD(sock, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[3]);
}

/** Writes who the socket is; false where it is not wanted. */
static __always_inline bool describe(struct scratch *scratch, struct sock_ref *ref) {
  struct event *event = &scratch->event;
  struct about *about = &scratch->about;
  event->socket = ref->inode;
  if (settings.namespace_filter != FILTER_OFF) {
    __u32 namespace = FIELD(net, FIELD(sock, ref->sk, __sk_common.skc_net.net), ns.inum);
    if (!passes(settings.namespace_filter, &namespaces, &namespace)) return false;
  }
  if (ref->family == AF_UNIX) {
    if (FIELD(sock, ref->sk, sk_type) != SOCK_STREAM) return false;
    event->transport = TRANSPORT_UNIX;
    __u64 peer = (__u64)FIELD(unix_sock, ref->sk, peer);
    if (peer) about->peer = inode_of(peer);
    return settings.port_filter != FILTER_ONLY;
  }
  __u16 protocol = FIELD(sock, ref->sk, sk_protocol);
  if (protocol == IPPROTO_TCP) ref->tcp = ref->sk;
  else if (protocol == IPPROTO_MPTCP && bpf_core_type_exists(struct mptcp_sock))
    ref->tcp = (__u64)FIELD(mptcp_sock, ref->sk, first);
  if (ref->tcp) event->transport = TRANSPORT_TCP;
  else if (FIELD(sock, ref->sk, sk_type) != SOCK_STREAM) event->transport = TRANSPORT_UDP;
  else return false;
  describe_inet(scratch, ref->sk, ref->family);
  scratch->is_lasting = ref->tcp == ref->sk && about->remote_port;
  if (settings.port_filter == FILTER_OFF) return true;
  bool found = false;
  if (bpf_map_lookup_elem(&ports, &about->local_port)) found = true;
  else if (bpf_map_lookup_elem(&ports, &about->remote_port)) found = true;
  return found == (settings.port_filter == FILTER_ONLY);
}

/** True where `about` was told lately: then the socket is a connection of plain TCP that is wanted. */
static __always_inline bool was_told(struct scratch *scratch, struct sock_ref *ref) {
  struct event *event = &scratch->event;
  struct told_socket *told = told_of(ref->inode);
  if (!told || told->socket != ref->inode || told->pid != event->pid || event->time_ns >= told->until_ns) return false;
  ref->tcp = ref->sk;
  event->socket = ref->inode;
  event->transport = TRANSPORT_TCP;
  scratch->is_told = 1;
  return true;
}

/** Where a datagram comes from or goes to, of a socket that is not connected: `struct sockaddr` of the program. */
static __always_inline void describe_peer(struct scratch *scratch, __u64 address) {
  struct event *event = &scratch->event;
  struct about *about = &scratch->about;
  if (!address || event->transport != TRANSPORT_UDP || about->remote_port) return;
  struct { __u16 family; __be16 port; __u32 v4; __u32 v6[4]; } name = {};
  if (bpf_probe_read_user(&name, 8, (void *)address) < 0) return;
  if (name.family == AF_INET) {
    about->remote_port = bpf_ntohs(name.port);
    if (event->flags & FLAG_IPV6) {
      about->remote_address[2] = bpf_htonl(0xffff);
      about->remote_address[3] = name.v4;
    } else {
      about->remote_address[0] = name.v4;
    }
  } else if (name.family == AF_INET6 && bpf_probe_read_user(&name, 24, (void *)address) == 0) {
    about->remote_port = bpf_ntohs(name.port);
    __builtin_memcpy(about->remote_address, name.v6, 16);
  }
}

#define RCV_SHUTDOWN 1

/** Sequence number behind the last byte that was read: a FIN that was read with it has a number of its own. */
static __always_inline __u32 behind_last_read(__u64 tcp) {
  __u32 next = FIELD(tcp_sock, tcp, copied_seq);
  if (next != FIELD(tcp_sock, tcp, rcv_nxt) || !(FIELD(sock, tcp, sk_shutdown) & RCV_SHUTDOWN)) return next;
  return next - 1;
}

/** How many descriptors and running calls share the open socket. */
static __always_inline long references(__u64 file) {
  if (bpf_core_field_exists(struct file, f_ref)) return FIELD(file, file, f_ref.refcnt.counter) + 1;
  return FIELD(file___before_6_12, file, f_count.counter);
}
