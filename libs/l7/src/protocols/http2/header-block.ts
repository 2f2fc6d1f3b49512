import { u32be } from '../../bytes/numbers.ts';
import type { View } from '../../engine/view.ts';
import { Flag, FRAME_HEADER_BYTES, FrameHeader, FrameType } from './frame.ts';

/** More CONTINUATION frames than a head needs are an attack. */
const MAX_CONTINUATIONS = 64;

/** The fragments of a header block, found where they lie. Re-used. */
export class HeaderBlock {
  /** All frames of the block with their headers; 0 if they are not all there yet, -1 if they never will be. */
  totalBytes = 0;
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Of a PUSH_PROMISE: the stream that it announces. */
  promised = 0;
  /** The capture ends before the block does. */
  cut = false;
  readonly #frame = new FrameHeader();

  /** Reads HEADERS or PUSH_PROMISE at `view.start` (RFC 9113 6.2, 6.6) and the CONTINUATION frames behind (6.10). */
  read(view: View, first: FrameHeader): void {
    const { bytes, start, end } = view;
    this.bytes = bytes;
    this.cut = false;
    const payload = start + FRAME_HEADER_BYTES;
    let next = payload + first.length;
    this.totalBytes = 0;
    if (next > end) {
      if (view.missing === 0) return;
      this.cut = true;
    }
    this.start = this.#skipPrefix(payload, first);
    const padding = first.has(Flag.padded) ? bytes[payload] : 0;
    this.end = Math.min(next - padding, end);
    if (this.start > this.end) this.start = this.end;
    if (!this.cut && !first.has(Flag.endHeaders)) {
      next = this.#join(view, next, first.stream);
      if (next <= 0) {
        this.totalBytes = next;
        return;
      }
    }
    this.totalBytes = next - start;
  }

  /** Behind pad length, priority or promised stream. */
  #skipPrefix(payload: number, first: FrameHeader): number {
    let at = payload + (first.has(Flag.padded) ? 1 : 0);
    if (first.type === FrameType.pushPromise) {
      this.promised = at + 4 <= this.bytes.length ? u32be(this.bytes, at) & 0x7fff_ffff : 0;
      at += 4;
    } else if (first.has(Flag.priority)) at += 5;
    return at;
  }

  /** Puts the fragments together in a copy. Index behind the last of them, 0 if more must come, -1 if there is none. */
  #join(view: View, next: number, stream: number): number {
    const fragments = [view.bytes.subarray(this.start, this.end)];
    const frame = this.#frame;
    for (let last = false; !last; ) {
      const captured = next + FRAME_HEADER_BYTES <= view.end;
      if (captured) frame.read(view.bytes, next);
      const from = next + FRAME_HEADER_BYTES;
      if (!captured || from + frame.length > view.end) {
        if (view.missing === 0) return 0;
        this.cut = true;
        break;
      }
      if (frame.type !== FrameType.continuation || frame.stream !== stream) return -1;
      if (fragments.length > MAX_CONTINUATIONS) return -1;
      fragments.push(view.bytes.subarray(from, from + frame.length));
      next = from + frame.length;
      last = frame.has(Flag.endHeaders);
    }
    this.bytes = Buffer.concat(fragments);
    this.start = 0;
    this.end = this.bytes.length;
    return next;
  }
}
