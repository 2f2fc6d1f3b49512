// A service in C: one thread reads requests from all connections by epoll and puts them into a queue, LAB_WORKERS threads take
// them out, make the calls of LAB_PLAN one after another on connections of their own, and answer; with LAB_BACK they give them back
// to the first thread, which answers.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { STEPS = 8, QUEUE = 4096, LINE = 2048 };

struct step { int port, is_redis, sleep_ms; char url[128], path[64]; };
struct task { int socket; char id[32]; struct task *next; };

static struct step steps[STEPS];
static int step_count;
static struct task *queue[QUEUE], *done;
static unsigned head, tail;
static int back = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;

// Strings of the plan in their order: stages of one step each, as this service does nothing in parallel.
static void parse_plan(const char *plan) {
  for (const char *at = plan; at && (at = strchr(at, '"')); at = strchr(at + 1, '"') + 1) {
    struct step *step = &steps[step_count++];
    if (sscanf(at, "\"sleep %d\"", &step->sleep_ms) == 1) continue;
    sscanf(at, "\"%127[^\"]", step->url);
    step->is_redis = !strncmp(at, "\"redis:", 7);
    const char *port = strchr(strchr(at, ':') + 1, ':');
    sscanf(port, ":%d%63[^\"]", &step->port, step->path);
  }
}

static int connect_to(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int socket_ = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket_, (struct sockaddr *)&address, sizeof address)) perror("connect"), exit(1);
  return socket_;
}

static void exchange(int socket_, const char *request, const char *end) {
  char answer[LINE];
  int size = 0;
  send(socket_, request, strlen(request), MSG_NOSIGNAL);
  do {
    int got = recv(socket_, answer + size, LINE - 1 - size, 0);
    if (got <= 0) return;
    answer[size += got] = 0;
  } while (!strstr(answer, end));
}

static void answer(struct task *task) {
  static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
  send(task->socket, text, sizeof text - 1, MSG_NOSIGNAL);
  free(task);
}

static void give_back(struct task *task) {
  pthread_mutex_lock(&mutex);
  task->next = done;
  done = task;
  pthread_mutex_unlock(&mutex);
  eventfd_write(back, 1);
}

static void answer_all(void) {
  eventfd_t count;
  eventfd_read(back, &count);
  pthread_mutex_lock(&mutex);
  struct task *task = done;
  done = NULL;
  pthread_mutex_unlock(&mutex);
  for (struct task *next; task; task = next) {
    next = task->next;
    answer(task);
  }
}

_Noreturn static void *work(void *seed) {
  unsigned random = (unsigned)(size_t)seed * 7919 + getpid();
  int sockets[STEPS] = {0};
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (head == tail) pthread_cond_wait(&filled, &mutex);
    struct task *task = queue[head++ % QUEUE];
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < step_count; i++) {
      char id[32], request[LINE];
      if (steps[i].sleep_ms) {
        usleep(rand_r(&random) % (steps[i].sleep_ms * 1000));
        continue;
      }
      if (!sockets[i]) sockets[i] = connect_to(steps[i].port);
      sprintf(id, "%06x%06x", rand_r(&random) & 0xffffff, rand_r(&random) & 0xffffff);
      printf("%s %s %s\n", task->id, id, steps[i].url);
      if (steps[i].is_redis) sprintf(request, "*2\r\n$3\r\nGET\r\n$16\r\nlab:%s\r\n", id);
      else sprintf(request, "GET %s/%s HTTP/1.1\r\nHost: lab\r\n\r\n", steps[i].path, id);
      exchange(sockets[i], request, steps[i].is_redis ? "\r\n" : "ok\n");
    }
    if (back < 0) answer(task);
    else give_back(task);
  }
}

static void stop(int signal_) {
  (void)signal_;
  fflush(stdout);
  _exit(0);
}

int main(void) {
  static char buffer[1 << 22];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  signal(SIGTERM, stop);
  parse_plan(getenv("LAB_PLAN"));
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv("LAB_PORT"))), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, epoll = epoll_create1(0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 256)) return perror("listen"), 1;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  if (getenv("LAB_BACK")) {
    back = eventfd(0, 0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, back, &(struct epoll_event){.events = EPOLLIN, .data.fd = back});
  }
  for (long i = 1; i <= atoi(getenv("LAB_WORKERS") ?: "4"); i++) pthread_create(&(pthread_t){0}, NULL, work, (void *)i);
  for (;;) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      int socket_ = events[i].data.fd;
      if (socket_ == listener) {
        socket_ = accept(listener, NULL, NULL);
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &(struct epoll_event){.events = EPOLLIN, .data.fd = socket_});
        continue;
      }
      if (socket_ == back) {
        answer_all();
        continue;
      }
      // A request of the laboratory fits into one segment, and its connection has one at a time.
      char request[LINE] = {0}, path[256];
      if (recv(socket_, request, LINE - 1, 0) <= 0) {
        close(socket_);
        continue;
      }
      struct task *task = calloc(1, sizeof *task);
      task->socket = socket_;
      sscanf(request, "GET %255s", path);
      snprintf(task->id, sizeof task->id, "%.12s", strrchr(path, '/') + 1);
      pthread_mutex_lock(&mutex);
      queue[tail++ % QUEUE] = task;
      pthread_cond_signal(&filled);
      pthread_mutex_unlock(&mutex);
    }
  }
}
