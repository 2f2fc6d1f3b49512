// Sends one byte over a pair of sockets through io_uring, by its system calls alone (io_uring_setup(2), io_uring_enter(2)).
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0) return 1;
  struct io_uring_params params = {0};
  int ring = syscall(__NR_io_uring_setup, 1, &params);
  if (ring < 0) return 2;
  char *queue = mmap(0, params.sq_off.array + sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  struct io_uring_sqe *entry = mmap(0, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
  if (queue == MAP_FAILED || entry == MAP_FAILED) return 3;
  memset(entry, 0, sizeof(*entry));
  entry->opcode = IORING_OP_SEND;
  entry->fd = sockets[0];
  entry->addr = (unsigned long)"x";
  entry->len = 1;
  *(unsigned *)(queue + params.sq_off.array) = 0;
  __atomic_store_n((unsigned *)(queue + params.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) != 1) return 4;
  char byte;
  return read(sockets[1], &byte, 1) == 1 && byte == 'x' ? 0 : 5;
}
