import type { SegmentRun } from '@flowloom/flow';

/**
 * Where live packets come from.
 *
 * - `open` begins; from then on the source calls `sink.frame` for every packet, synchronously, from the event loop of
 *   the thread that opened it, until `close`. One source serves one sink.
 * - Order: packets of one direction of one flow come in the order in which the interface saw them.
 * - While nobody looks at payload TCP segments in sequence may come as runs, which say what became of each side; with the frames of
 *   their connection in that order.
 * - Bytes belong to the source and are valid until its next call of `settle`, which follows each block of frames.
 * - Interfaces may come and go: the source follows, and tells `sink.interfaces` before the first frame of a new one.
 * - What was lost is not silent: `counters` grows by what kernel, ring and library dropped since `open`.
 * - `open` throws a `SourceError` with a sentence for people where capturing cannot begin. Later trouble goes to
 *   `sink.failed`, once, and nothing follows it.
 * - `close` may be called at any time and more than once; no frame comes after it.
 */
export interface PacketSource {
  /** `source` of records. */
  readonly kind: 'af_packet' | 'libpcap';
  open(sink: FrameSink): void;
  /**
   * Whether anybody looks at payload from now on: without, headers of frames are enough, or runs. At first frames are whole.
   *
   * @param isWantedOnLoopback the same for those of loopback. Default: as of all others
   */
  setPayload?(isWanted: boolean, isWantedOnLoopback?: boolean): void;
  /** Hands over what had come when it was called; captures nothing any more. Takes a block's time at most. */
  drain(): Promise<void>;
  counters(): SourceCounters;
  close(): void;
}

export interface FrameSink {
  /**
   * @param capturedBytes bytes from `start` that may be read
   * @param wireBytes length of the frame on the wire
   * @param timeUs time of capture, µs since the epoch
   * @param linkType LINKTYPE_ value
   * @param interfaceIndex index of the interface, as the system numbers them
   * @param vlan VLAN id that the system took out of the frame, 0 without
   * @param direction 1 into the host, 2 out of it, 0 not known
   */
  frame(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    timeUs: number,
    linkType: number,
    interfaceIndex: number,
    vlan: number,
    direction: number,
  ): void;
  /**
   * Segments of one connection that were counted and not captured.
   *
   * @param bytes from `start` the headers of one of its segments, which stands for the run: where and how long it was, as of a frame
   * @param run borrowed until this returns
   */
  run(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    linkType: number,
    interfaceIndex: number,
    run: SegmentRun,
  ): void;
  /** The memory of the frames so far is about to be used again. */
  settle(): void;
  /** Interfaces and neighbours as they are now. Called before the first frame and after every change. */
  interfaces(now: readonly NetworkInterface[], neighbours: readonly Neighbour[]): void;
  /** The source cannot go on. */
  failed(error: Error): void;
}

/** A network interface of this host. */
export interface NetworkInterface {
  readonly index: number;
  readonly name: string;
  /** 48-bit MAC address, 0 without. */
  readonly mac: number;
  /** Addresses as text, without prefix length. */
  readonly addresses: readonly string[];
  /** ARPHRD_ value of the link. */
  readonly hardwareType: number;
  /** The host's end of the veth or tap of one pod or virtual machine. */
  readonly leadsToEnd: boolean;
}

/** A pod or virtual machine on this host, as its neighbour table tells. */
export interface Neighbour {
  readonly address: string;
  readonly mac: number;
}

/** Since `open`. `received` counts what the kernel offered, with what was then dropped. */
export interface SourceCounters {
  readonly received: number;
  /** Lost because the ring was full. */
  readonly droppedByKernel: number;
  /** Lost at the interface itself, where the source can know. */
  readonly droppedByInterface: number;
}

/** Capturing cannot begin; the message is one sentence for people. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** `not_permitted`: neither would another way to capture be. */
  readonly reason: SourceErrorReason;

  constructor(message: string, reason: SourceErrorReason) {
    super(message);
    this.reason = reason;
  }
}

export type SourceErrorReason = 'not_permitted' | 'no_interface' | 'unsupported';
