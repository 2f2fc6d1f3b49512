import type { Direction } from '../direction.ts';
import { Parse, type Protocol } from '../protocol.ts';
import { Connection } from './connection.ts';

/** Datagrams of UDP, ICMP or SCTP between two ends. Each is read as a whole. */
export class DatagramConnection extends Connection {
  #maybe: [readonly Protocol[], readonly Protocol[]] = [none, none];

  /** A datagram of `declaredBytes`, of which [start, end) was captured; its bytes are borrowed during the call. */
  datagram(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    declaredBytes: number,
    timeUs: number,
  ): void {
    if (this.finished || declaredBytes === 0) return;
    const view = this.engine.view;
    view.bytes = bytes;
    view.start = start;
    view.end = end;
    view.missing = Math.max(0, declaredBytes - (end - start));
    view.timeUs = timeUs;
    view.endSeq = 0;
    view.marks = null;
    if (this.conversation === null && !this.#judge(direction, timeUs)) return;
    this.#read(direction, timeUs);
  }

  /** The flow has ended. */
  close(timeUs: number): void {
    if (!this.finished) this.conclude(timeUs);
  }

  #judge(direction: Direction, timeUs: number): boolean {
    const ordered = this.engine.orderedProtocol(this);
    if (ordered) {
      this.start(ordered, true);
      return true;
    }
    const { view } = this.engine;
    const other = this.#maybe[direction === 0 ? 1 : 0];
    const result = this.engine.judge.judge(view, direction, this.transport, this.ports, this.excluded, other);
    if (result.protocol) {
      this.start(result.protocol, result.firm);
      return true;
    }
    this.#maybe[direction] = result.maybe;
    if (++this.judged >= this.options.maxJudged) this.giveUp(timeUs);
    return false;
  }

  #read(direction: Direction, timeUs: number): void {
    const { view } = this.engine;
    while (view.start < view.end && this.conversation !== null) {
      const consumed = this.conversation.parse(direction, view);
      if (consumed === Parse.done) {
        this.giveUp(timeUs);
        return;
      }
      if (consumed <= 0) {
        if (consumed === Parse.lost) this.#lost(direction, timeUs);
        break;
      }
      if (this.tentative !== null) {
        this.tentative.messages[direction]++;
        if (this.tentative.convincing) this.believe();
      }
      view.start += consumed;
      if (this.switching !== undefined) this.#switch(timeUs);
    }
    this.session.passed(direction, timeUs);
  }

  #lost(direction: Direction, timeUs: number): void {
    this.engine.stats.lost++;
    if (this.tentative === null || this.excluded !== null) return;
    this.disbelieve();
    if (this.#judge(direction, timeUs)) this.#read(direction, timeUs);
  }

  #switch(timeUs: number): void {
    const name = this.switching;
    this.switching = undefined;
    const protocol = name ? this.engine.judge.named(name, this.transport) : undefined;
    if (protocol) this.start(protocol, true);
    else this.giveUp(timeUs);
  }
}

const none: readonly Protocol[] = [];
