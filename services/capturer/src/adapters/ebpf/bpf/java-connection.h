// Who waits for what a client of a JVM does on a connection: its own threads do that for others, and make no system call that would tell.
#pragma once
#include "java-walk.h"

/** So much of the stack is looked through for the connection's object, from its top on: its methods call the one that writes or reads. */
#define TOP_BYTES 2048
#define TOP_WORDS (TOP_BYTES / 8)

struct top_words {
  struct walk *walk;
  struct scratch *scratch;
  __u32 fd;
  /** The object of the connection, and of its channel, to which a library has attached its own; 0: not found yet. */
  __u64 connection, channel;
  __u64 before;
};

static __always_inline struct java_class *class_of(struct walk *walk, __u64 object) {
  struct java_class_key key = {.pid = walk->pid, .class = word_at(object + 4 * CLASS_WORD)};
  struct java_class *class = bpf_map_lookup_elem(&java_classes, &key);
  if (!class) ask_class(walk, &key);
  return class;
}

/** Is that the object of the connection with that descriptor, or of its channel? Others are left there by calls that are over. */
static __always_inline void top_object(struct top_words *top, __u64 object, struct java_class *class) {
  struct walk *walk = top->walk;
  bool is_connection = class->kind == CLASS_CONNECTION, is_channel = class->kind == CLASS_DESCRIPTOR && class->count;
  if (!is_connection && !(is_channel && !top->channel)) return;
  __u64 channel = is_connection ? decode(walk, (__u32)word_at(object + class->at)) : object;
  struct java_class *channels = is_connection ? class_of(walk, channel) : class;
  if (!channels || channels->kind != CLASS_DESCRIPTOR || (__u32)word_at(channel + channels->at) != top->fd) return;
  if (is_connection) top->connection = object;
  else top->channel = object;
}

static __always_inline void top_narrow(struct top_words *top, __u32 narrow) {
  __u64 object = decode(top->walk, narrow);
  struct java_class *class = narrow_class(top->walk, object);
  if (class) top_object(top, object, class);
}

/** One word, from the top on. Of compiled methods it may be two compressed references. Returns 1 to end. */
static long top_step(__u32 step, struct top_words *top) {
  struct walk *walk = top->walk;
  __u64 word = ((__u64 *)(top->scratch->payload + BASE_AT))[step & (TOP_WORDS - 1)];
  if (word == top->before) return 0;
  top->before = word;
  if (word - walk->heap < walk->heap_bytes) {
    struct java_class *class = word & 7 ? 0 : class_of(walk, word);
    if (class) top_object(top, word, class);
  } else if (may_be_narrow(word)) {
    top_narrow(top, word >> 32);
    top_narrow(top, (__u32)word);
  }
  return top->connection != 0;
}

/** Marks what is told of those behind who waits, and of connections of others than java.net.http. */
#define BEHIND 256
#define OF_LIBRARY 512

static __always_inline __u64 reference_at(struct walk *walk, __u64 address) { return decode(walk, (__u32)word_at(address)); }

/** What that field of an object refers to: its class tells where it is. */
static __always_inline __u64 reference_of(struct walk *walk, __u64 object, bool third) {
  struct java_class *class = object ? class_of(walk, object) : 0;
  __u32 at = class ? (third ? class->at3 : class->at) : 0;
  return at ? reference_at(walk, object + at) : 0;
}

struct java_frames {
  /** Where the first ones are, and how many words there may be. */
  __u64 base;
  __u32 words;
  /** Whose they are, if that is a virtual thread. */
  __u64 itself;
};

/** The frames of a thread that sleeps: those of a virtual one lie in a chunk of the heap meanwhile. */
static __always_inline bool frames_of(struct java_frames *frames, struct walk *walk, struct task_path *path, __u64 thread) {
  struct java_class *class = class_of(walk, thread);
  __u64 native = class && class->kind == CLASS_THREAD ? word_at(thread + class->at) : 0;
  if (native) {
    frames->base = word_at(native + path->java.stack_base) - path->java.first_frame;
    frames->words = BASE_WORDS;
    return true;
  }
  __u64 chunk = reference_of(walk, reference_of(walk, thread, true), false);
  class = chunk ? class_of(walk, chunk) : 0;
  if (!class || class->kind != CLASS_CHUNK) return false;
  __u32 size = word_at(chunk + class->at), sp = word_at(chunk + class->at2);
  frames->base = chunk + class->at3 + 8ULL * size;
  frames->words = size > sp ? size - sp : 0;
  frames->itself = thread;
  return true;
}

/** Walks from the roots, and tells what was found. */
static __always_inline void tell_walk(struct walk *walk, struct scratch *scratch) {
  bpf_loop(MAX_STEPS_OF_WALK, walk_step, &walk, 0);
  tell_found(walk, scratch, KIND_AWAITED);
}

/**
 * Of the thread that waits and that the last walk has found: who waits for the result of its task in turn, as it may have made no call of
 * its own for that.
 */
__noinline int tell_behind(void) {
  struct scratch *scratch = take_scratch(0);
  struct walk *walk = take_walk();
  if (!scratch || !walk) return 0;
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &scratch->event.pid);
  __u64 waiting = walk->waiting;
  if (!path || !waiting) return 0;
  begin_walk(walk, path, scratch->event.pid);
  struct java_frames frames = {};
  if (frames_of(&frames, walk, path, waiting) &&
      bpf_probe_read_user(scratch->payload + BASE_AT, BASE_BYTES, (void *)(frames.base - BASE_BYTES)) == 0) {
    walk->until_result = 1;
    walk->itself = frames.itself;
    if (frames.itself) add_root(walk, frames.itself);
    struct root_words roots = {.walk = walk, .scratch = scratch, .count = frames.words};
    bpf_loop(BASE_WORDS, root_step, &roots, 0);
    walk->generation++;
    scratch->event.length |= BEHIND;
    tell_walk(walk, scratch);
  }
  ask_classes(walk, scratch);
  return 0;
}

/** From a connection of java.net.http to what is under way on its session, by their numbers: so many references behind its first one. */
#define SESSION_STEPS 4
/** So many entries of a map at most have one place. */
#define MAX_BIN 8
/** A frame begins with its length in 3 bytes, its type, flags, and the stream's number (RFC 9113 4.1). */
#define FRAME_BYTES 9
#define FRAME_TYPE 3
#define FRAME_STREAM 5
#define FRAME_HEADERS 1
/** Of a read so many are looked at. */
#define MAX_READ_FRAMES 32

/** The streams of a session, by their numbers; 0: the connection has none, or none yet. */
static __always_inline __u64 streams_of(struct walk *walk, __u64 connection) {
  __u64 object = reference_of(walk, connection, true);
  for (int i = 0; i < SESSION_STEPS && object; i++) object = reference_of(walk, object, false);
  return object;
}

/** What a map of the JDK has for that number; 0: nothing. */
static __always_inline __u64 value_in(struct walk *walk, __u64 map, __u32 number) {
  __u32 hash = number ^ number >> 16;
  __u64 table = reference_of(walk, map, false);
  __u32 length = table ? word_at(table + 4 * LENGTH_WORD) : 0;
  __u64 node = length ? reference_at(walk, table + 4 * (FIRST_ELEMENT + (hash & (length - 1)))) : 0;
  for (int i = 0; i < MAX_BIN && node; i++) {
    struct java_class *class = class_of(walk, node);
    if (!class || !class->at) return 0;
    if ((__u32)word_at(node + class->at) == hash) return reference_at(walk, node + class->at2);
    node = reference_at(walk, node + class->at3);
  }
  return 0;
}

/** Begins a walk over what happens on a connection, of which one thing or more can be reached from `message`, if that is known. */
static __always_inline void begin_at_message(struct walk *walk, __u64 message) {
  walk->is_of_client = 1;
  walk->of_root = walk->of_all = MAX_OBJECTS;
  walk->reach = MAX_OF_CONNECTION;
  walk->roots[0] = message;
  walk->root_count = 1;
}

/** Who waits for what is written or answered on that stream. */
__noinline int tell_stream(__u64 streams, __u32 stream) {
  struct scratch *scratch = take_scratch(0);
  struct walk *walk = take_walk();
  if (!scratch || !walk) return 0;
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &scratch->event.pid);
  if (!path) return 0;
  begin_walk(walk, path, scratch->event.pid);
  __u64 message = value_in(walk, streams, stream);
  begin_at_message(walk, message);
  scratch->event.seq = message ? stream : 0;
  scratch->event.length = scratch->event.kind;
  tell_walk(walk, scratch);
  ask_classes(walk, scratch);
  if (walk->waiting) tell_behind();
  return 0;
}

/** The streams that begin, or are answered, with what is written or was read. */
__noinline int tell_streams(__u64 streams, __u64 regs) {
  struct scratch *scratch = take_scratch(0);
  if (!scratch) return 0;
  __u32 nr = SYSCALL_NUMBER(regs), seq = scratch->event.seq;
  bool reads = scratch->event.kind == KIND_READ;
  __u64 at = ARGUMENT_1(regs);
  if (nr == NR_writev || nr == NR_readv) at = word_at(at); // where its first part is
  __u64 end = at + (reads ? scratch->total : FRAME_BYTES); // a request is written alone
  for (int i = 0; i < MAX_READ_FRAMES && at + FRAME_BYTES <= end; i++) {
    __u8 frame[FRAME_BYTES];
    __u32 stream;
    if (bpf_probe_read_user(frame, FRAME_BYTES, (void *)at) < 0) break;
    __builtin_memcpy(&stream, frame + FRAME_STREAM, sizeof(stream));
    if (frame[FRAME_TYPE] == FRAME_HEADERS) tell_stream(streams, bpf_ntohl(stream));
    at += FRAME_BYTES + ((__u32)frame[0] << 16 | (__u32)frame[1] << 8 | frame[2]);
  }
  scratch->event.seq = seq;
  return 0;
}

/** Who sends what is written on that connection of a library; 0: that is not known. */
static __always_inline __u64 sender_of(struct walk *walk, __u64 connection) {
  struct java_class *class = connection ? class_of(walk, connection) : 0;
  return class && class->at2 ? reference_at(walk, connection + class->at2) : 0;
}

/**
 * Before a thread of a JVM writes, or when it has read: who waits for what happens on that connection, if a client's object of it is on
 * its stack. On a session of java.net.http: for each request or answer.
 */
__noinline int tell_awaited(__u64 regs, __u32 fd) {
  struct scratch *scratch = take_scratch(0);
  struct walk *walk = take_walk();
  if (!scratch || !walk) return 0;
  struct thread *thread = known_thread(scratch->event.tid);
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &scratch->event.pid);
  if (!thread || !path || !path->java.narrow_bytes) return 0;
  bool reads = scratch->event.kind == KIND_READ, is_loop = is_loop_of(thread, &scratch->event);
  __u32 state = state_of(scratch->event.socket);
  // It answers requests there; and a loop reads more than answers.
  if (state == SOCKET_ACCEPTED || (is_loop && reads && state != SOCKET_ASKS)) return 0;
  if (is_loop ? is_barren(&thread->barren_walks, BARREN_WALKS) : is_barren(&thread->barren, BARREN_CALLS)) return 0;
  if (bpf_probe_read_user(scratch->payload + BASE_AT, TOP_BYTES, (void *)STACK_POINTER(regs)) < 0) return 0;
  begin_walk(walk, path, scratch->event.pid);
  struct top_words top = {.walk = walk, .scratch = scratch, .fd = fd};
  bpf_loop(TOP_WORDS, top_step, &top, 0);
  __u64 connection = top.connection ? top.connection : top.channel, sender = sender_of(walk, top.connection);
  bool is_of_library = !top.connection || sender;
  if (!is_loop) note_barren(walk, &thread->barren, connection != 0);
  __u64 streams = is_of_library ? 0 : streams_of(walk, connection);
  bool is_asked = connection && !streams && !(is_of_library && reads && state != SOCKET_ASKS);
  if (is_asked) {
    // First what is written, if that is known, then the connection itself.
    begin_at_message(walk, reads ? 0 : reference_of(walk, sender, false));
    add_root(walk, connection);
    scratch->event.length = scratch->event.kind | (is_of_library ? OF_LIBRARY : 0);
    tell_walk(walk, scratch);
    note_socket(scratch->event.socket, reads || (is_of_library && walk->is_known) ? SOCKET_ANY : SOCKET_ASKS);
  } else if (streams) {
    note_socket(scratch->event.socket, SOCKET_ASKS);
  }
  if (is_loop) note_barren(walk, &thread->barren_walks, walk->is_known || streams);
  ask_classes(walk, scratch);
  if (streams) tell_streams(streams, regs);
  else if (is_asked && walk->waiting) tell_behind();
  // Who waits has a task for which nobody waits yet: that is tried once more with the answer.
  if (is_of_library && is_asked && !reads && walk->is_at_result && !walk->is_known) note_socket(scratch->event.socket, SOCKET_ASKS);
  return 0;
}
