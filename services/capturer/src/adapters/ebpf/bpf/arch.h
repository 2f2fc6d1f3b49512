// Where the arguments of a system call are, and its number, by architecture.
#pragma once
#include "kernel.h"

#if defined(__TARGET_ARCH_x86)

struct pt_regs {
  unsigned long ax, bx, cx, di, si, dx, bp, r8, r9, r10, r12, r13, r14, r15, orig_ax, sp;
} __attribute__((preserve_access_index));
/** Those of the entry: the kernel keeps them until the return, all but the number's own register. */
#define ARGUMENT_0(regs) FIELD(pt_regs, regs, di)
#define ARGUMENT_1(regs) FIELD(pt_regs, regs, si)
#define ARGUMENT_2(regs) FIELD(pt_regs, regs, dx)
#define ARGUMENT_3(regs) FIELD(pt_regs, regs, r10)
#define ARGUMENT_4(regs) FIELD(pt_regs, regs, r8)
#define SYSCALL_NUMBER(regs) FIELD(pt_regs, regs, orig_ax)
/** Of a function of a program that has come to a probe (System V ABI). */
#define FUNCTION_ARGUMENT_0(regs) ((regs)->di)
#define FUNCTION_ARGUMENT_1(regs) ((regs)->si)
#define FUNCTION_ARGUMENT_2(regs) ((regs)->dx)
#define FUNCTION_ARGUMENT_3(regs) ((regs)->cx)
#define FUNCTION_RESULT(regs) ((regs)->ax)
#define STACK_POINTER(regs) FIELD(pt_regs, regs, sp)
#define FRAME_POINTER(regs) FIELD(pt_regs, regs, bp)
/** Registers that a function keeps for its caller. */
#define SAVED_WORDS 8
static __always_inline void save_registers(__u64 *to, __u64 regs) {
  to[0] = FIELD(pt_regs, regs, bx);
  to[1] = FIELD(pt_regs, regs, bp);
  to[2] = FIELD(pt_regs, regs, r12);
  to[3] = FIELD(pt_regs, regs, r13);
  to[4] = FIELD(pt_regs, regs, r14);
  to[5] = FIELD(pt_regs, regs, r15);
  to[6] = to[7] = 0;
}
/** A 32-bit program numbers its calls in another way. */
#define IS_FOREIGN_ABI() ((TASK(thread_info.status) & 2) != 0)

#define NR_read 0
#define NR_write 1
#define NR_close 3
#define NR_poll 7
#define NR_readv 19
#define NR_writev 20
#define NR_select 23
#define NR_sendfile 40
#define NR_socket 41
#define NR_connect 42
#define NR_accept 43
#define NR_sendto 44
#define NR_recvfrom 45
#define NR_sendmsg 46
#define NR_recvmsg 47
#define NR_futex 202
#define NR_epoll_wait 232
#define NR_pselect6 270
#define NR_ppoll 271
#define NR_splice 275
#define NR_epoll_pwait 281
#define NR_timerfd_settime 286
#define NR_accept4 288
#define NR_recvmmsg 299
#define NR_sendmmsg 307
#define NR_epoll_pwait2 441

#elif defined(__TARGET_ARCH_arm64)

struct user_pt_regs { __u64 regs[31]; __u64 sp; } __attribute__((preserve_access_index));
struct pt_regs { __u64 regs[31]; __u64 sp; __u64 orig_x0; int syscallno; } __attribute__((preserve_access_index));
#define ARGUMENT_0(regs_) FIELD(pt_regs, regs_, orig_x0)
#define ARGUMENT_1(regs_) FIELD(pt_regs, regs_, regs[1])
#define ARGUMENT_2(regs_) FIELD(pt_regs, regs_, regs[2])
#define ARGUMENT_3(regs_) FIELD(pt_regs, regs_, regs[3])
#define ARGUMENT_4(regs_) FIELD(pt_regs, regs_, regs[4])
#define SYSCALL_NUMBER(regs_) FIELD(pt_regs, regs_, syscallno)
/** Of a function of a program that has come to a probe (AAPCS64). */
#define FUNCTION_ARGUMENT_0(regs_) ((regs_)->regs[0])
#define FUNCTION_ARGUMENT_1(regs_) ((regs_)->regs[1])
#define FUNCTION_ARGUMENT_2(regs_) ((regs_)->regs[2])
#define FUNCTION_ARGUMENT_3(regs_) ((regs_)->regs[3])
#define FUNCTION_RESULT(regs_) ((regs_)->regs[0])
#define STACK_POINTER(regs_) FIELD(pt_regs, regs_, sp)
#define SAVED_WORDS 16
static __always_inline void save_registers(__u64 *to, __u64 regs) {
  for (int i = 0; i < SAVED_WORDS; i++) to[i] = i < 10 ? FIELD(pt_regs, regs, regs[19 + i]) : 0;
}
#define IS_FOREIGN_ABI() false

#define NR_epoll_pwait 22
#define NR_close 57
#define NR_read 63
#define NR_write 64
#define NR_readv 65
#define NR_writev 66
#define NR_sendfile 71
#define NR_pselect6 72
#define NR_ppoll 73
#define NR_splice 76
#define NR_timerfd_settime 86
#define NR_futex 98
#define NR_socket 198
#define NR_accept 202
#define NR_connect 203
#define NR_sendto 206
#define NR_recvfrom 207
#define NR_sendmsg 211
#define NR_recvmsg 212
#define NR_accept4 242
#define NR_recvmmsg 243
#define NR_sendmmsg 269
#define NR_epoll_pwait2 441

#else
#error "compile with -D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64"
#endif
