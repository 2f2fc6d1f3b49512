import { type Direction, opposite } from '../direction.ts';
import { Parse, Verdict } from '../protocol.ts';
import { Connection } from './connection.ts';
import { HeldBytes } from './held-bytes.ts';
import type { Stream } from './stream.ts';
import type { View } from './view.ts';

/** No message found so often in a row: this is not, or no longer, the protocol. */
const MAX_LOSSES = 8;

/** Reads bytes that arrive in order: finds the protocol, runs its parser, holds what it could not read yet. */
export abstract class StreamReader extends Connection {
  protected abstract stream(direction: Direction): Stream;

  /** The next `declared` bytes of a direction, of which the first [start, end) were captured. */
  protected arrive(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    declared: number,
    timeUs: number,
  ): void {
    const stream = this.stream(direction);
    stream.next = (stream.next + declared) | 0;
    stream.lastUs = timeUs;
    if (stream.skip > 0) {
      const skipped = Math.min(stream.skip, declared);
      this.#skip(direction, stream, skipped, timeUs);
      if (skipped === declared) return;
      start = Math.min(start + skipped, end);
      declared -= skipped;
      if (this.finished) return;
    }
    const view = this.engine.view;
    if (stream.held !== null) {
      if (end > start) stream.held.append(bytes, start, end, timeUs);
      stream.held.show(view);
    } else {
      view.bytes = bytes;
      view.start = start;
      view.end = end;
      view.marks = null;
      view.timeUs = timeUs;
    }
    view.missing = Math.max(0, declared - (end - start));
    view.endSeq = (stream.next - view.missing) | 0;
    this.#read(direction, stream, view);
  }

  /** The numbers of this direction start anew: what was half read is lost. */
  protected restart(direction: Direction, timeUs: number): void {
    const stream = this.stream(direction);
    this.#release(stream);
    stream.skip = 0;
    this.#loseSync(direction, stream, 0, timeUs);
  }

  protected override conclude(timeUs: number): void {
    for (const direction of [0, 1] as const) {
      const stream = this.stream(direction);
      if (this.conversation !== null) {
        this.#readHeld(direction, stream);
        this.session.passed(direction, stream.lastUs);
      }
      this.#release(stream);
    }
    super.conclude(timeUs);
  }

  #read(direction: Direction, stream: Stream, view: View): void {
    if (this.conversation === null && !this.#decide(direction, stream, view)) return;
    this.#parse(direction, stream, view);
    if (this.finished) return;
    if (this.conversation === null) {
      this.#read(direction, stream, view); // the verdict was taken back
      return;
    }
    if (view.missing > 0) this.#miss(direction, stream, view.missing, view.timeUs);
    else if (view.start < view.end) this.#hold(direction, stream, view);
    else this.#release(stream);
    if (this.switching !== undefined) this.#switch(direction, stream);
  }

  #parse(direction: Direction, stream: Stream, view: View): void {
    while (view.start < view.end) {
      if (!stream.synced && !this.#resync(direction, stream, view)) return;
      const consumed = this.conversation!.parse(direction, view);
      if (consumed > 0) {
        this.#understood(direction, stream);
        const available = view.end - view.start;
        view.start += Math.min(consumed, available);
        if (consumed > available) stream.skip = consumed - available;
        if (this.switching !== undefined) return;
      } else if (consumed === Parse.needMore) {
        return;
      } else if (consumed === Parse.done) {
        this.giveUp(view.timeUs);
        return;
      } else if (!this.#lose(stream, view)) return;
    }
  }

  #understood(direction: Direction, stream: Stream): void {
    stream.losses = 0;
    const { tentative } = this;
    if (tentative === null) return;
    tentative.messages[direction]++;
    if (tentative.convincing) this.believe();
  }

  /** Not the next message. True if there is a reason to try again in the same view. */
  #lose(stream: Stream, view: View): boolean {
    this.engine.stats.lost++;
    if (this.tentative !== null && this.excluded === null) {
      this.disbelieve();
      return false;
    }
    stream.losses++;
    if (stream.losses > MAX_LOSSES) {
      this.giveUp(view.timeUs);
      return false;
    }
    stream.synced = false;
    if (this.conversation!.resync === undefined) view.start = view.end;
    else view.start++;
    return view.start < view.end;
  }

  #resync(direction: Direction, stream: Stream, view: View): boolean {
    const { conversation, protocol } = this;
    if (conversation!.resync !== undefined) {
      const at = conversation!.resync(direction, view);
      stream.synced = at >= 0;
      view.start = at >= 0 ? at : view.end;
    } else {
      const verdict = protocol!.detect(view.bytes, view.start, view.end, direction, view.end + view.missing);
      stream.synced = verdict >= Verdict.likely;
      if (!stream.synced) view.start = view.end;
    }
    return stream.synced;
  }

  /** Which protocol? True if one was started and shall read this view. */
  #decide(direction: Direction, stream: Stream, view: View): boolean {
    const ordered = this.engine.orderedProtocol(this);
    if (ordered) {
      this.start(ordered, true);
      return true;
    }
    const other = this.stream(opposite(direction));
    const { judge } = this.engine;
    const result = judge.judge(view, direction, this.transport, this.ports, this.excluded, other.maybe);
    if (result.protocol !== null) {
      this.start(result.protocol, result.firm);
      return this.#readEarlier(direction, stream, view);
    }
    stream.maybe = result.maybe;
    if (++this.judged >= this.options.maxJudged) this.giveUp(view.timeUs);
    else if (result.maybe.length > 0 && view.missing === 0) this.#hold(direction, stream, view);
    else {
      view.start = view.end;
      this.#release(stream);
    }
    return false;
  }

  /** What the other direction said before the protocol was known is read first. True if the view is still to be read. */
  #readEarlier(direction: Direction, stream: Stream, view: View): boolean {
    const other = this.stream(opposite(direction));
    stream.maybe = other.maybe = none;
    if (other.held === null) return true;
    const { missing } = view;
    if (view.start < view.end) this.#hold(direction, stream, view);
    const turns: Direction[] = [direction, opposite(direction)];
    if (other.held.sinceUs < (stream.held?.sinceUs ?? Number.POSITIVE_INFINITY)) turns.reverse();
    for (const turn of turns) this.#readHeld(turn, this.stream(turn));
    if (missing > 0 && !this.finished) this.#miss(direction, stream, missing, stream.lastUs);
    return false;
  }

  /** Shows the bytes held once more: to the parser, or to the judge. */
  #readHeld(direction: Direction, stream: Stream): void {
    if (stream.held === null || this.finished) return;
    const { view } = this.engine;
    stream.held.show(view);
    view.missing = 0;
    view.endSeq = stream.next;
    this.#read(direction, stream, view);
  }

  /** Bytes that no one will see. */
  #miss(direction: Direction, stream: Stream, missing: number, timeUs: number): void {
    this.#release(stream);
    const skipped = Math.min(stream.skip, missing);
    if (skipped > 0) this.#skip(direction, stream, skipped, timeUs);
    if (missing > skipped && !this.finished) this.#loseSync(direction, stream, missing - skipped, timeUs);
  }

  #loseSync(direction: Direction, stream: Stream, bytes: number, timeUs: number): void {
    this.engine.stats.gaps++;
    this.engine.stats.gapBytes += bytes;
    if (this.conversation === null) return;
    if (bytes > 0 && this.conversation.gap?.(direction, bytes)) return;
    stream.synced = false;
    this.session.passed(direction, timeUs);
    this.session.responsesLost(direction);
  }

  #skip(direction: Direction, stream: Stream, bytes: number, timeUs: number): void {
    stream.skip -= bytes;
    if (stream.skip > 0) return;
    this.session.passed(direction, timeUs);
    if (this.conversation?.skipped === undefined) return;
    const { view } = this.engine;
    view.bytes = nothing;
    view.start = view.end = view.missing = 0;
    view.marks = null;
    view.timeUs = timeUs;
    this.conversation.skipped(direction, view);
  }

  #hold(direction: Direction, stream: Stream, view: View): void {
    const { options, stats } = this.engine;
    const length = view.end - view.start;
    if (length > options.maxHeldBytes || stats.heldBytes + length > options.maxHeldBytesOverall) {
      stats.heldOverflow++;
      this.#release(stream);
      this.#loseSync(direction, stream, 0, view.timeUs);
    } else if (stream.held !== null) {
      stream.held.forgetBefore(view.start);
    } else {
      stream.held = new HeldBytes(stats, length);
      stream.held.append(view.bytes, view.start, view.end, view.timeUs);
    }
  }

  #release(stream: Stream): void {
    stream.held?.release();
    stream.held = null;
  }

  #switch(direction: Direction, stream: Stream): void {
    const name = this.switching;
    this.switching = undefined;
    const protocol = name ? this.engine.judge.named(name, this.transport) : undefined;
    if (name && protocol === undefined) {
      this.giveUp(stream.lastUs);
      return;
    }
    this.conversation?.close?.();
    const other = this.stream(opposite(direction));
    stream.synced = other.synced = true;
    stream.losses = other.losses = 0;
    if (protocol) this.start(protocol, true);
    else {
      this.protocol = this.conversation = null;
      this.judged = 0;
    }
    this.#readHeld(direction, stream);
    this.#readHeld(opposite(direction), other);
  }
}

const none: readonly never[] = [];
const nothing = new Uint8Array(0);
