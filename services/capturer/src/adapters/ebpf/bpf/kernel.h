// The few kernel types that are read, each with the fields used here alone: CO-RE finds them by name in the running kernel.
#pragma once
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct { int counter; } atomic_t;
typedef struct { __s64 counter; } atomic64_t;
typedef struct { atomic64_t refcnt; } file_ref_t;

struct inode { unsigned short i_mode; unsigned long i_ino; };
struct file {
  void *private_data;
  struct inode *f_inode;
  file_ref_t f_ref; // since 6.12: one less than the number of references
};
struct file___before_6_12 { atomic64_t f_count; };
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };

struct ns_common { unsigned int inum; };
struct net { struct ns_common ns; };
typedef struct { struct net *net; } possible_net_t;

struct in6_addr { union { __u32 u6_addr32[4]; } in6_u; };
struct sock_common {
  __be32 skc_daddr;
  __be32 skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  volatile unsigned char skc_state;
  possible_net_t skc_net;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};
struct socket;
struct sock {
  struct sock_common __sk_common;
  struct socket *sk_socket;
  __u16 sk_type;
  __u16 sk_protocol;
  __u8 sk_shutdown;
};
struct socket { short type; struct file *file; struct sock *sk; };
struct tcp_sock { __u32 write_seq; __u32 copied_seq; __u32 rcv_nxt; };
struct mptcp_sock { struct sock *first; };
struct unix_sock { struct sock *peer; };

struct signal_struct { atomic_t live; };
struct thread_struct {
  unsigned long fsbase; // amd64
  struct { unsigned long tp_value; } uw; // arm64
};
struct mm_struct { unsigned long start_brk, brk, start_stack; };
struct thread_info { __u32 status; };
struct task_struct {
  struct thread_info thread_info;
  int pid;
  int tgid;
  char comm[16];
  struct task_struct *group_leader;
  struct files_struct *files;
  struct mm_struct *mm;
  struct signal_struct *signal;
  struct thread_struct thread;
};
struct io_kiocb { __u8 opcode; };

#pragma clang attribute pop

extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;

/** How `processes`, `cgroups`, `ports` and `namespaces` are meant. */
enum filter { FILTER_OFF, FILTER_ONLY, FILTER_NOT };

/** Set by user space before the programs are loaded: `adapters/ebpf/settings.ts` has the same offsets. */
struct settings {
  __u32 own_pid;
  /** Payload copied of one call, bytes. */
  __u32 payload_bytes;
  __u32 process_filter;
  __u32 cgroup_filter;
  __u32 port_filter;
  __u32 namespace_filter;
  __u32 watch_unix;
  /** Fields are read in place, by bpf_rdonly_cast (Linux 6.2); else by bpf_probe_read_kernel, which lockdown refuses. */
  __u32 direct_reads;
  /** bpf_loop (Linux 5.17): else a message is looked at in its first part alone. */
  __u32 loops;
  /** bpf_task_pt_regs (Linux 5.15): else a wake does not tell its futex. */
  __u32 task_registers;
};
const volatile struct settings settings;

/** Set while they run. */
struct state {
  /** Changes with `go_programs` and `task_paths`; 0: nothing is in them. */
  __u32 fitted;
  /** Whether there are TLS probes. */
  __u32 tls;
  /** Calls are not told: the programs that see all of them are taken out, probes leave at once. */
  __u32 paused;
};
volatile struct state state;

/** Value of a field of the kernel's `struct type` at `address`; 0 where nothing can be read. */
#define FIELD(type, address, field)                                                                       \
  ({                                                                                                      \
    typeof(((struct type *)0)->field) _value;                                                             \
    const __u64 _address = (__u64)(address);                                                              \
    if (settings.direct_reads) {                                                                                   \
      struct type *_object = bpf_rdonly_cast((void *)_address, bpf_core_type_id_kernel(struct type));     \
      _value = _object->field;                                                                            \
    } else if (bpf_core_read(&_value, sizeof(_value), &((struct type *)_address)->field) < 0) {          \
      _value = 0;                                                                                         \
    }                                                                                                     \
    _value;                                                                                               \
  })

/** Field of the current task: the kernel vouches for that pointer, so that it costs nothing but the load. */
#define TASK(field)                                                                                       \
  ({                                                                                                      \
    typeof(((struct task_struct *)0)->field) _value;                                                      \
    if (settings.direct_reads) _value = ((struct task_struct *)bpf_get_current_task_btf())->field;        \
    else _value = FIELD(task_struct, bpf_get_current_task(), field);                                      \
    _value;                                                                                               \
  })

/** Word of the kernel's memory; a `struct file **` is read so. */
static __always_inline void *pointer_at(__u64 address) {
  if (settings.direct_reads) {
    struct socket *as_if = bpf_rdonly_cast((void *)(address - bpf_core_field_offset(struct socket, sk)),
                                           bpf_core_type_id_kernel(struct socket));
    return as_if->sk;
  }
  void *value = 0;
  bpf_core_read(&value, sizeof(value), (void *)address);
  return value;
}
