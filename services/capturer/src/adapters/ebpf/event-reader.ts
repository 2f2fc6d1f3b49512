import { swapped } from '@flowloom/records';
import { SyscallEvent, SyscallKind } from '../../core/syscalls/syscall-event.ts';
import { ExecutableNames } from './executable-names.ts';
import { KnownSockets } from './known-sockets.ts';
import { ProcessNames } from './process-names.ts';
import type { RingBuffer } from './ring-buffer.ts';

/** Flags and transports of bpf/event.h. */
const FLAG_SEQ = 1;
const FLAG_TLS = 2;
const FLAG_IPV6 = 4;
const FLAG_OWN = 8;
const FLAG_TIMERS = 32;
const FLAG_ASYNC_IDS = 64;
const FLAG_BUFFER = 128;
const transports = ['tcp', 'tcp', 'udp', 'unix'] as const;

/** Words of `struct event` in bpf/event.h. */
const word = {
  time: 0,
  goid: 2,
  parentGoid: 4,
  futex: 6, // or session
  pid: 8,
  tid: 9,
  socket: 10,
  fd: 11,
  seq: 12,
  length: 13,
  otherTid: 14,
  otherPid: 15,
  turn: 16,
  kinds: 17,
  captured: 18,
  trigger: 19,
} as const;
const headWords = 20;
/** Words of `struct about`, which may be in front; its mark's second word is never that of a time. */
const about = { lasting: 0, mark: 1, peer: 2, ports: 3, local: 4, remote: 8, process: 12 } as const;
const aboutWords = 16;
const ABOUT_MARK = 0xffff_ffff;

/** Reads the records of the ring into one event, which is filled again and again. */
export class EventReader {
  readonly event = new SyscallEvent();
  /** The event is one of Flowloom's own process: only its connections are told. */
  isOwn = false;
  /** To be added to the kernel's monotonic time, µs. */
  clockOffsetUs = 0;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly #names = new ProcessNames();
  readonly #executables = new ExecutableNames();
  readonly #sockets = new KnownSockets();

  constructor(ring: RingBuffer) {
    this.#words = ring.words;
    this.#doubles = new Float64Array(ring.words.buffer, ring.words.byteOffset, ring.words.length >>> 1);
    this.event.bytes = ring.bytes;
  }

  /**
   * @param start of the record in the ring's memory, a multiple of 8
   * @returns null where the event is of a socket that is not known
   */
  read(start: number): SyscallEvent | null {
    const { event } = this;
    const w = this.#words;
    const first = start >>> 2;
    const hasAbout = w[first + about.mark] === ABOUT_MARK;
    const at = hasAbout ? first + aboutWords : first;
    const kinds = w[at + word.kinds];
    const flags = (kinds >>> 16) & 255;
    event.kind = (kinds & 255) as SyscallKind;
    event.timeUs = Math.floor((w[at + word.time + 1] * 4_294_967_296 + w[at + word.time]) / 1000 + this.clockOffsetUs);
    event.pid = w[at + word.pid];
    event.tid = w[at + word.tid];
    if ((flags & FLAG_ASYNC_IDS) !== 0) {
      event.goid = event.parentGoid = 0;
      event.asyncId = this.#doubles[(at + word.goid) >>> 1];
      event.lastAsyncId = this.#doubles[(at + word.parentGoid) >>> 1];
      event.triggerId = w[at + word.trigger];
    } else {
      event.goid = w[at + word.goid + 1] * 4_294_967_296 + w[at + word.goid];
      event.parentGoid = w[at + word.parentGoid + 1] * 4_294_967_296 + w[at + word.parentGoid];
      event.asyncId = event.lastAsyncId = event.triggerId = 0;
    }
    event.socket = w[at + word.socket];
    event.fd = w[at + word.fd] | 0;
    event.transport = transports[(kinds >>> 8) & 3];
    event.role = '';
    if (!hasAbout) {
      if (!this.#sockets.describe(event)) return null;
    } else {
      this.#about(first, flags);
      if (w[first + about.lasting] !== 0) this.#sockets.remember(event);
    }
    if (event.kind === SyscallKind.close) this.#sockets.forget(event.socket);
    event.seq = w[at + word.seq];
    event.hasSeq = (flags & FLAG_SEQ) !== 0;
    event.lengthBytes = w[at + word.length];
    event.start = (at + headWords) << 2;
    event.end = event.start + w[at + word.captured];
    event.isTls = (flags & FLAG_TLS) !== 0;
    event.otherTid = w[at + word.otherTid];
    event.otherPid = w[at + word.otherPid];
    event.turn = w[at + word.turn];
    event.timersDue = (flags & FLAG_TIMERS) !== 0;
    event.futex = event.object = w[at + word.futex + 1] * 4_294_967_296 + w[at + word.futex];
    event.bufferTop = event.heapTop = 0;
    if ((flags & FLAG_BUFFER) !== 0 && (flags & FLAG_ASYNC_IDS) !== 0) {
      event.heapTop = event.futex;
      event.heapStart = event.futex - event.otherPid * 8;
      event.collections = event.otherTid;
      event.futex = event.object = event.otherPid = event.otherTid = 0;
    } else if ((flags & FLAG_BUFFER) !== 0) {
      event.bufferTop = event.parentGoid;
      event.bufferStart = event.futex;
      event.bufferEnd = event.parentGoid + event.otherPid * 8;
      event.collections = event.otherTid;
      event.parentGoid = 0;
    }
    this.isOwn = (flags & FLAG_OWN) !== 0;
    return event;
  }

  #about(at: number, flags: number): void {
    const { event } = this;
    const w = this.#words;
    const ports = w[at + about.ports];
    if (event.kind === SyscallKind.exec || event.kind === SyscallKind.exit) this.#executables.forget(event.pid);
    event.process = this.#executables.nameOf(event.pid, this.#names.name(w, at + about.process));
    event.localPort = ports & 0xffff;
    event.remotePort = ports >>> 16;
    this.#address(at + about.local, event.localAddress, flags);
    this.#address(at + about.remote, event.remoteAddress, flags);
    event.peerSocket = event.queue = w[at + about.peer];
  }

  #address(at: number, to: Uint32Array, flags: number): void {
    const w = this.#words;
    if ((flags & FLAG_IPV6) !== 0) {
      for (let i = 0; i < 4; i++) to[i] = swapped(w[at + i]);
      return;
    }
    to[0] = to[1] = 0;
    to[2] = w[at] === 0 ? 0 : 0xffff;
    to[3] = swapped(w[at]);
  }
}
