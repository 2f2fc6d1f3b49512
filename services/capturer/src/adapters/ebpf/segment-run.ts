import { SegmentRun, type SentInRun } from '@flowloom/flow';

/** Mark of a run where a frame has its captured bytes. */
export const RUN = 0x8000_0000;
/** `struct run` of bpf/segments.h: where its fields stand, bytes. */
const FIRST = 136;
const SENT = 144;
const SENT_BYTES = 88;
const HEADER_SIDE = 320;
const SPOKE = 321;
const UNANSWERED = 322;

/** What the program has counted of a connection, where it lies in the memory of a ring; read again and again into the same object. */
export class RunReader {
  readonly run = new SegmentRun();
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  #offsetUs = 0;

  constructor(words: Uint32Array, bytes: Uint8Array) {
    this.#words = words;
    this.#bytes = bytes;
  }

  /** @param offsetUs between the clock of the program and the time of day */
  read(start: number, offsetUs: number): SegmentRun {
    const { run } = this;
    const bytes = this.#bytes;
    this.#offsetUs = offsetUs;
    run.firstUs = this.#timeUs(start + FIRST);
    run.lastUs = this.#timeUs(start);
    const sender = bytes[start + HEADER_SIDE];
    for (const side of [0, 1]) this.#sent(run.sent[side ^ sender], start + SENT + side * SENT_BYTES);
    const spoke = bytes[start + SPOKE];
    run.spoke = ((spoke >>> 1) ^ sender) === 0 ? 0 : 1;
    run.isUnanswered = (bytes[start + UNANSWERED] & spoke) !== 0;
    return run;
  }

  #sent(sent: SentInRun, at: number): void {
    const words = this.#words;
    const word = at >>> 2;
    sent.frameBytes = this.#wide(at);
    sent.payloadBytes = this.#wide(at + 8);
    sent.dataUs = this.#timeUs(at + 16);
    sent.answersUs = Math.round(this.#wide(at + 24) / 1000);
    sent.longestAnswerUs = Math.floor(this.#wide(at + 32) / 1000);
    sent.acksUs = Math.round(this.#wide(at + 40) / 1000);
    sent.longestAckUs = Math.floor(this.#wide(at + 48) / 1000);
    sent.answers = words[word + 14];
    sent.acks = words[word + 15];
    sent.packets = words[word + 16];
    sent.dataPackets = words[word + 17];
    sent.nextSeq = words[word + 18];
    sent.lastAck = words[word + 19];
    sent.window = words[word + 20] & 0xffff;
    sent.tcpFlags = this.#bytes[at + 82];
  }

  #timeUs(at: number): number {
    return Math.floor(this.#wide(at) / 1000 + this.#offsetUs);
  }

  #wide(at: number): number {
    return this.#words[(at >>> 2) + 1] * 2 ** 32 + this.#words[at >>> 2];
  }
}
