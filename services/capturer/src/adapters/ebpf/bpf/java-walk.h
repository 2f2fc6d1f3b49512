// What can be reached from what a thread of a JVM holds: whoever waits for its task, the connection that will be answered, and the
// objects between. A walk over the program's objects, the nearest first, at the moment of a system call.
#pragma once
#include "payload.h"

/** So much of the stack is looked through, from the first frames of Java on: those of the task that a thread of a pool runs. */
#define BASE_BYTES 4096
#define BASE_WORDS (BASE_BYTES / 8)
/** The stack is copied behind what is told of it. */
#define BASE_AT PIECE_BYTES

#define MAX_OBJECTS 512
/** Of what a task leads to. */
#define MAX_OF_TASK 256
/** A look is for one of its slots: what falls together is looked at again. */
#define VISITED 1024
/** Words of 4 bytes of an object that are looked at, and of these so many at once. */
#define OBJECT_WORDS 64
#define FIRST_WORDS 16
#define MAX_AHEAD 64
/** Of addresses of libraries and stacks. */
#define LOWEST_HIGH_HALF 0x5500
#define HIGHEST_HIGH_HALF 0x7fff
#define MAX_REFERENCES 24
#define MAX_ROOTS 32
/** Objects that are looked at of those that one root leads to. */
#define MAX_OF_ROOT 40
#define MAX_DISTANCE 14
/** From a connection: what is asked on it leads through all that is done with the answer. */
#define MAX_OF_CONNECTION 100
#define MAX_STEPS_OF_WALK 4096
/** What lies so much further than the nearest thread is of no interest. */
#define BEHIND_FOUND 2
#define MAX_FOUND 64
#define MAX_UNKNOWN 16
/** A virtual thread is made so near behind the future for its result, as long as no collection moves them. */
#define NEAR_BYTES 1024
/** A future with a header of 12 bytes, and what is to be run. */
#define SMALLEST_TASK 48
/** Of an array of references, if it is no longer. */
#define LONGEST_ARRAY 17
/** Objects have a header of 12 bytes: two words for marks, one for the class. */
#define CLASS_WORD 2
#define LENGTH_WORD 3
#define FIRST_ELEMENT 4

/** `JavaClassKind` of runtimes/java-classes.ts. */
enum java_class_kind { CLASS_ASKED, CLASS_HUB, CLASS_PLAIN, CLASS_ARRAY, CLASS_THREAD, CLASS_DESCRIPTOR, CLASS_CHUNK, CLASS_CONNECTION, CLASS_FUTURE, CLASS_OWN, CLASS_MADE, CLASS_COMMAND };

struct java_class_key { __u32 pid; __u32 class; };

/** Where an object of that class has references: numbers of words. `encodeJavaClass` of programs/java-layouts.ts. */
struct java_class {
  __u8 kind;
  __u8 count;
  /** So many words hold all references. */
  __u8 words;
  /** So many of the references, the first ones, lead on to whoever waits: what they lead to is looked at before all else. */
  __u8 ahead;
  /** Bytes from the object's begin to: thread: its `JavaThread`, and its number; descriptor: its number; chunk: its size, and top of stack; connection: its channel, and who sends what is written; plain: what that keeps until then, or leads to a stream; own: the chunk of
   * its frames, if it has one. */
  __u16 at;
  __u16 at2;
  /** Of a chunk, where its stack begins; of a virtual thread, its continuation; of a connection, who gets what is read. */
  __u16 at3;
  /** A word that is set when nobody waits any more; 0: always. */
  __u16 done_at;
  __u8 references[MAX_REFERENCES];
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 32768);
  __type(key, struct java_class_key);
  __type(value, struct java_class);
} java_classes SEC(".maps");

/** What was found, one word each: what it is in 3 bits, the number of the root in 5, how far it is in 8, then its number or address. */
enum java_found { FOUND_THREAD = 1, FOUND_TASK, FOUND_SOCKET, FOUND_RESULT, FOUND_MADE };

struct walk {
  __u64 heap, heap_bytes, narrow_base;
  __u32 narrow_shift;
  __u32 pid, tid;
  /** The virtual thread itself, of which more is looked at than who it is. */
  __u64 itself;
  /** What the thread holds, what it got first before others: what is reached from one is looked at before the next one. */
  __u64 roots[MAX_ROOTS];
  __u32 root_count, root;
  /** Objects to look at, each with its distance in the top 16 bits; the next one, the end, and where that may be for this root. */
  __u64 queue[MAX_OBJECTS];
  __u32 next, end, last;
  /** Those that are looked at before, the last one first. */
  __u64 ahead[MAX_AHEAD];
  __u32 ahead_count;
  /** Of this generation, in the top 16 bits: what stands there of others was never seen. */
  __u64 visited[VISITED];
  __u16 generation;
  /** The object that is looked at, how far it is, and which of its references is next. */
  __u32 words[OBJECT_WORDS + 1];
  __u64 object;
  __u32 distance;
  __u32 reference;
  struct java_class class;
  /** Nothing that is further away is looked at. */
  __u32 furthest;
  /** The roots are what a thread or task holds: the first one that will have a result ends them. */
  __u32 until_result;
  __u32 is_at_result;
  /** It begins at a connection on which something is asked. */
  __u32 is_of_client;
  /** Whether somebody waits, or a connection was found. */
  __u32 is_known;
  /** The thread, or virtual thread, that was found last. */
  __u64 waiting;
  /** So many objects at most are looked at of what one root leads to, but for those ahead, and in all. */
  __u32 of_root, of_all;
  /** How far the furthest one may be. */
  __u32 reach;
  __u32 found_count;
  __u64 found[MAX_FOUND];
  __u32 unknown_count;
  __u32 unknown[MAX_UNKNOWN];
};
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct walk);
} walks SEC(".maps");

/**
 * Of a thread that found nothing so many times in a row, only one call in so many is looked at. A client's connection is on the stack or
 * not; who waits for a task may come later, again and again: only a thread that reads its requests itself never finds anybody.
 */
#define BARREN_CALLS 8
#define BARREN_WALKS 256
/** The same as it wakes another one: many threads do that, and few amid a task in whose midst they make the next. */
#define BARREN_WAKES 64
#define BARREN_PAUSE 64

/** Whether this call of a thread is passed over. */
static __always_inline bool is_barren(__u32 *barren, __u32 limit) { return *barren >= limit && ++*barren % BARREN_PAUSE; }

/** A look has found something, or nothing, which proves nothing while there are classes that are not known. */
static __always_inline void note_barren(struct walk *walk, __u32 *barren, bool has_found) {
  if (has_found) *barren = 0;
  else if (!walk->unknown_count) ++*barren;
}

/** What is known of a socket of a JVM. By the low bits of its inode number: where two fall together, the first one is forgotten. */
struct java_socket {
  __u32 inode;
  /** `enum java_socket_state`. */
  __u32 state;
};
enum java_socket_state {
  SOCKET_ANY,
  /** It was taken from a listening one. */
  SOCKET_ACCEPTED,
  /** When something was written on it last it was not known for whom: that is tried once more with the answer. */
  SOCKET_ASKS,
};
#define JAVA_SOCKETS 65536
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, JAVA_SOCKETS);
  __type(key, __u32);
  __type(value, struct java_socket);
} java_sockets SEC(".maps");

static __always_inline struct java_socket *java_socket_of(__u32 inode) {
  __u32 slot = inode & (JAVA_SOCKETS - 1);
  return bpf_map_lookup_elem(&java_sockets, &slot);
}

static __always_inline __u32 state_of(__u32 inode) {
  struct java_socket *socket = java_socket_of(inode);
  return socket && socket->inode == inode ? socket->state : SOCKET_ANY;
}

static __always_inline void note_socket(__u32 inode, __u32 state) {
  struct java_socket *socket = java_socket_of(inode);
  if (!socket) return;
  socket->inode = inode;
  socket->state = state;
}

static __always_inline struct walk *take_walk(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&walks, &zero);
}

static __always_inline void note_found(struct walk *walk, __u64 what, __u64 value) {
  if (walk->found_count >= MAX_FOUND) return;
  walk->found[walk->found_count++ & (MAX_FOUND - 1)] = what << 61 | (__u64)(walk->root - 1) << 56 | (__u64)walk->distance << 48 | (value & 0xffffffffffffULL);
}

/** Whether it is an object, maybe, that was not seen. */
static __always_inline bool is_new(struct walk *walk, __u64 address) {
  if (address & 7 || address - walk->heap >= walk->heap_bytes) return false;
  __u32 mark = address >> 3;
  __u64 *slot = &walk->visited[(mark ^ mark >> 10 ^ mark >> 20) & (VISITED - 1)], entry = address | (__u64)walk->generation << 48;
  if (*slot == entry) return false;
  *slot = entry;
  return true;
}

/** Queues an object, unless it was seen. */
static __always_inline void see(struct walk *walk, __u64 address, __u32 distance) {
  if (walk->end >= walk->last || !is_new(walk, address)) return;
  walk->queue[walk->end++ & (MAX_OBJECTS - 1)] = address | (__u64)distance << 48;
}

/** The same before all others: a chain of futures is long, and is as near at its end. */
static __always_inline void see_ahead(struct walk *walk, __u64 address) {
  if (walk->ahead_count >= MAX_AHEAD || !is_new(walk, address)) return;
  walk->ahead[walk->ahead_count++ & (MAX_AHEAD - 1)] = address | (__u64)(walk->distance ? walk->distance : 1) << 48;
}

static __always_inline __u64 decode(struct walk *walk, __u32 narrow) {
  return narrow ? walk->narrow_base + ((__u64)narrow << walk->narrow_shift) : 0;
}

/** A thread, or a task of its own (a virtual thread). */
static __always_inline void found_thread(struct walk *walk, struct java_class *class) {
  struct java_thread_key key = {.address = word_at(walk->object + class->at), .pid = walk->pid};
  __u64 value, what = FOUND_TASK;
  if (key.address) {
    __u32 *tid = bpf_map_lookup_elem(&java_threads, &key);
    if (!tid) return;
    value = *tid;
    what = FOUND_THREAD;
  } else {
    value = word_at(walk->object + class->at2);
  }
  note_found(walk, what, value);
  walk->waiting = walk->object;
  if (!walk->distance || (what == FOUND_THREAD && value == walk->tid)) return; // it is held, or carries what waits
  walk->is_known = 1;
  if (walk->furthest > walk->distance + BEHIND_FOUND) walk->furthest = walk->distance + BEHIND_FOUND;
}

/** The socket of a descriptor. From a client's connection only the way to one that was accepted is of interest. */
static __always_inline void found_descriptor(struct walk *walk, struct java_class *class) {
  struct sock_ref ref = {};
  if (!find_socket(&ref, (__u32)word_at(walk->object + class->at))) return;
  note_found(walk, FOUND_SOCKET, ref.inode);
  if (walk->is_of_client && state_of(ref.inode) != SOCKET_ACCEPTED) return;
  walk->is_known = 1;
  if (walk->is_of_client) walk->furthest = walk->distance;
}

/** A class that is not known yet: it is asked for once. */
static __always_inline void ask_class(struct walk *walk, struct java_class_key *key) {
  struct java_class asked = {};
  if (walk->unknown_count >= MAX_UNKNOWN || bpf_map_update_elem(&java_classes, key, &asked, BPF_NOEXIST) < 0) return;
  walk->unknown[walk->unknown_count++ & (MAX_UNKNOWN - 1)] = key->class;
}

/** Nobody waits for it any more. */
static __always_inline bool is_done(struct java_class *class, __u64 object) { return class->done_at && (__u32)word_at(object + class->done_at); }

/** Some commands are futures for their own results. */
static __always_inline bool is_future_class(struct java_class *class) { return class->kind == CLASS_FUTURE || (class->kind == CLASS_COMMAND && class->done_at); }

/** Goes on with what the next root leads to. Returns 1 to end. */
static __always_inline long next_root(struct walk *walk) {
  if (walk->root >= walk->root_count || walk->is_at_result || (walk->is_of_client && walk->is_known)) return 1;
  __u64 root = walk->roots[walk->root++ & (MAX_ROOTS - 1)];
  walk->furthest = walk->reach;
  walk->last = walk->end + walk->of_root < walk->of_all ? walk->end + walk->of_root : walk->of_all;
  if (walk->end < MAX_OBJECTS) walk->queue[walk->end++ & (MAX_OBJECTS - 1)] = root;
  return 0;
}

/** Takes the next object. Returns 1 to end. */
static __always_inline long walk_object(struct walk *walk) {
  walk->class.count = walk->reference = 0;
  __u64 entry;
  if (walk->ahead_count) entry = walk->ahead[--walk->ahead_count & (MAX_AHEAD - 1)];
  else if (walk->next < walk->end) entry = walk->queue[walk->next++ & (MAX_OBJECTS - 1)];
  else return next_root(walk);
  walk->object = entry & 0xffffffffffffULL;
  walk->distance = entry >> 48;
  if (walk->distance > walk->furthest) return 0;
  if (bpf_probe_read_user(walk->words, 4 * FIRST_WORDS, (void *)walk->object) < 0) return 0;
  struct java_class_key key = {.pid = walk->pid, .class = walk->words[CLASS_WORD]};
  struct java_class *class = bpf_map_lookup_elem(&java_classes, &key);
  if (!class) {
    ask_class(walk, &key);
    return 0;
  }
  if (is_done(class, walk->object)) return 0;
  bool is_itself = class->kind == CLASS_THREAD && walk->object == walk->itself;
  if (class->kind == CLASS_THREAD && !is_itself) found_thread(walk, class);
  else if (class->kind == CLASS_DESCRIPTOR) found_descriptor(walk, class);
  else if (class->kind == CLASS_MADE || class->kind == CLASS_COMMAND) note_found(walk, FOUND_MADE, walk->object);
  bool is_future = is_future_class(class);
  // What other virtual threads are made of may be left on the stack: only the way from the thread itself leads to its own.
  bool is_own = class->kind == CLASS_OWN && walk->itself && walk->root == 1;
  bool is_followed = is_own || class->kind == CLASS_PLAIN || class->kind == CLASS_ARRAY || class->kind == CLASS_CONNECTION || class->kind == CLASS_COMMAND || is_future;
  bool is_begin = walk->is_of_client && !walk->distance; // a channel, to which a library has attached its connection
  if (!is_followed && !is_itself && !is_begin) return 0;
  if (walk->until_result && !walk->distance) {
    // What a virtual thread does not lead to itself may be left by another one: its result was made right before it.
    if (walk->itself && !is_itself && (!is_future || walk->itself - walk->object > NEAR_BYTES)) return 0;
    walk->is_at_result |= is_future;
  }
  if (is_future && !walk->distance) note_found(walk, FOUND_RESULT, walk->object);
  walk->class = *class;
  if (class->kind == CLASS_ARRAY) {
    __u32 length = walk->words[LENGTH_WORD];
    if (length > LONGEST_ARRAY) walk->class.count = 0;
    else if (length < walk->class.count) walk->class.count = length;
  }
  if (walk->class.words > FIRST_WORDS)
    bpf_probe_read_user(walk->words + FIRST_WORDS, 4 * (OBJECT_WORDS - FIRST_WORDS), (void *)walk->object + 4 * FIRST_WORDS);
  return 0;
}

/** One step: a reference of the object that is looked at, or the next object. */
static long walk_step(__u32 step, struct walk **context) {
  struct walk *walk = *context;
  __u32 i = walk->reference;
  if (i >= walk->class.count || i >= MAX_REFERENCES) return walk_object(walk);
  walk->reference = i + 1;
  __u32 narrow = walk->words[walk->class.references[i] & (OBJECT_WORDS - 1)];
  if (!narrow) return 0;
  if (i < walk->class.ahead) see_ahead(walk, decode(walk, narrow));
  else see(walk, decode(walk, narrow), walk->distance + 1);
  return 0;
}

static __always_inline void add_root(struct walk *walk, __u64 address) {
  if (walk->root_count >= MAX_ROOTS || !is_new(walk, address)) return;
  walk->roots[walk->root_count++ & (MAX_ROOTS - 1)] = address;
}

/** The class of an object; 0: it is not known, or that is no object. */
static __always_inline struct java_class *known_class(struct walk *walk, __u64 object) {
  struct java_class_key key = {.pid = walk->pid};
  if (bpf_probe_read_user(&key.class, sizeof(key.class), (void *)(object + 4 * CLASS_WORD)) < 0) return 0;
  return bpf_map_lookup_elem(&java_classes, &key);
}

/** Whether a word may be two compressed references: else it is an address of the program. */
static __always_inline bool may_be_narrow(__u64 word) { return word >> 32 < LOWEST_HIGH_HALF || word >> 32 > HIGHEST_HIGH_HALF; }

/** The class of what may be a compressed reference to that object, or any other number; 0: only a class that is known tells. */
static __always_inline struct java_class *narrow_class(struct walk *walk, __u64 object) {
  return object & 7 || object - walk->heap >= walk->heap_bytes ? 0 : known_class(walk, object);
}

static __always_inline void add_narrow_root(struct walk *walk, __u32 narrow) {
  __u64 address = decode(walk, narrow);
  struct java_class *class = narrow_class(walk, address);
  if (class && (class->kind == CLASS_PLAIN || class->kind == CLASS_FUTURE)) add_root(walk, address);
}

/** Whether that is the result of the task: nothing behind it is looked at. */
static __always_inline long is_result(struct walk *walk, __u64 object) {
  if (walk->itself && walk->itself - object > NEAR_BYTES) return 0;
  struct java_class *class = known_class(walk, object);
  return class && is_future_class(class) && !is_done(class, object);
}

struct root_words {
  struct walk *walk;
  struct scratch *scratch;
  __u32 count;
};

/** One word of the thread's first frames, from the base on. Returns 1 to end. */
static long root_step(__u32 step, struct root_words *roots) {
  if (step >= roots->count || roots->walk->root_count >= MAX_ROOTS) return 1;
  __u64 *words = (__u64 *)(roots->scratch->payload + BASE_AT);
  __u64 word = words[(BASE_WORDS - 1 - step) & (BASE_WORDS - 1)];
  __u32 before = roots->walk->root_count;
  if (word - roots->walk->heap < roots->walk->heap_bytes) {
    add_root(roots->walk, word);
  } else if (may_be_narrow(word)) {
    add_narrow_root(roots->walk, word >> 32);
    add_narrow_root(roots->walk, (__u32)word);
  }
  if (roots->walk->root_count == before) return 0;
  return is_result(roots->walk, roots->walk->roots[(roots->walk->root_count - 1) & (MAX_ROOTS - 1)]);
}

/** Begins a walk over objects of that process. */
static __always_inline void begin_walk(struct walk *walk, struct task_path *path, __u32 pid) {
  walk->heap = path->java.heap;
  walk->heap_bytes = path->java.heap_bytes;
  walk->narrow_base = path->java.narrow_base;
  walk->narrow_shift = path->java.narrow_shift & 7;
  walk->pid = pid;
  walk->root = walk->root_count = walk->next = walk->end = walk->ahead_count = walk->distance = walk->reference = walk->found_count = walk->unknown_count = 0;
  walk->until_result = walk->is_at_result = walk->is_known = walk->is_of_client = 0;
  walk->class.count = 0;
  walk->itself = walk->waiting = 0;
  walk->furthest = walk->reach = MAX_DISTANCE;
  walk->of_root = MAX_OF_ROOT;
  walk->of_all = MAX_OF_TASK;
  walk->generation++;
}

/** Asks for the classes that the walk did not know. */
static __always_inline void ask_classes(struct walk *walk, struct scratch *scratch) {
  __u32 n = walk->unknown_count < MAX_UNKNOWN ? walk->unknown_count : MAX_UNKNOWN;
  if (!n) return;
  __builtin_memcpy(scratch->payload, walk->unknown, sizeof(walk->unknown));
  submit_words(scratch, KIND_CLASSES, n * 4);
}

/** Tells what was found. */
static __always_inline void tell_found(struct walk *walk, struct scratch *scratch, __u8 kind) {
  __u32 n = walk->found_count < MAX_FOUND ? walk->found_count : MAX_FOUND;
  __builtin_memcpy(scratch->payload, walk->found, sizeof(walk->found));
  submit_words(scratch, kind, n * 8);
}

/** What is known of a thread or virtual thread. By the low bits of its number: where two fall together, the first one is forgotten. */
struct java_runner {
  __u64 id;
  __u32 pid;
  /** `enum runner_state`. */
  __u32 state;
};
enum runner_state {
  RUNNER_NEW,
  /** A virtual thread that has read before it wrote anything: it works on that. */
  RUNNER_READS,
  /** When it wrote last it was not known for whom: who will wait for it did not wait yet, maybe. */
  RUNNER_ASKS,
};
#define RUNNERS 16384
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, RUNNERS);
  __type(key, __u32);
  __type(value, struct java_runner);
} java_runners SEC(".maps");

/** It is a thread that has waited for many descriptors at once. */
static __always_inline bool is_loop_of(struct thread *thread, struct event *event) {
  return !event->goid && thread->turn && !(thread->turn & POLLED);
}

static __always_inline struct java_runner *runner_of(struct event *event) {
  __u64 id = event->goid ? event->goid : event->tid;
  __u32 slot = id & (RUNNERS - 1);
  struct java_runner *runner = bpf_map_lookup_elem(&java_runners, &slot);
  if (runner && (runner->id != id || runner->pid != event->pid)) {
    runner->id = id;
    runner->pid = event->pid;
    runner->state = RUNNER_NEW;
  }
  return runner;
}

/** A thread that wakes another one may have made a task for it, which is some objects. */
static __always_inline bool may_hand_on(struct thread *thread, struct event *event) {
  __u64 made = event->parent_goid - thread->walked_top;
  if (is_barren(&thread->barren_wakes, BARREN_WAKES) || made < SMALLEST_TASK) return false;
  thread->walked_top = event->parent_goid;
  return true;
}

/** Whether what the thread or virtual thread of the event holds is to be looked through. */
static __always_inline bool wants_walk(struct event *event) {
  struct java_runner *runner = runner_of(event);
  struct thread *thread = known_thread(event->tid);
  if (!runner || !thread) return false;
  if (event->kind == KIND_HOLD) return runner->state != RUNNER_READS && may_hand_on(thread, event);
  if (!event->goid && is_barren(&thread->barren_walks, BARREN_WALKS)) return false;
  if (event->kind != KIND_READ) return runner->state != RUNNER_READS;
  if (runner->state == RUNNER_NEW && event->goid) runner->state = RUNNER_READS;
  if (runner->state != RUNNER_ASKS) return false;
  runner->state = RUNNER_NEW;
  return true;
}

/**
 * Tells what can be reached from a task, and from the first frames of a thread, so many words of which are in the scratch behind
 * `BASE_AT`. `itself`: the virtual thread; 0: none.
 */
__noinline int tell_reached(__u64 itself, __u32 words) {
  struct scratch *scratch = take_scratch(0);
  struct walk *walk = take_walk();
  if (!scratch || !walk) return 0;
  struct task_path *path = bpf_map_lookup_elem(&task_paths, &scratch->event.pid);
  struct java_runner *runner = runner_of(&scratch->event);
  struct thread *thread = known_thread(scratch->event.tid);
  if (!path || !runner || !thread) return 0;
  bool is_message = scratch->event.kind != KIND_HOLD, reads = scratch->event.kind == KIND_READ;
  begin_walk(walk, path, scratch->event.pid);
  walk->tid = scratch->event.tid;
  walk->until_result = 1;
  walk->itself = itself;
  if (itself) add_root(walk, itself);
  struct root_words roots = {.walk = walk, .scratch = scratch, .count = words};
  bpf_loop(BASE_WORDS, root_step, &roots, 0);
  walk->generation++; // what is a root, too, may be reached before its turn
  bpf_loop(MAX_STEPS_OF_WALK, walk_step, &walk, 0);
  if (is_message) {
    if (!reads && !walk->is_known) runner->state = RUNNER_ASKS;
    else if (runner->state == RUNNER_ASKS) runner->state = RUNNER_NEW;
    note_barren(walk, &thread->barren_walks, walk->is_known);
  } else {
    note_barren(walk, &thread->barren_wakes, walk->is_known && walk->is_at_result);
  }
  if (is_message || walk->is_at_result) tell_found(walk, scratch, KIND_REACH);
  ask_classes(walk, scratch);
  return 0;
}
