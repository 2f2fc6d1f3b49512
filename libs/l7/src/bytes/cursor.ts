import { u16be, u32be } from './numbers.ts';
import { text } from './text.ts';

/**
 * Reads structures forward within [at, end). What would reach beyond the end reads as 0 or '' and clears `ok`, so that a
 * reader asks once when it is through.
 */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  ok = true;

  set(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.ok = at <= end;
    return this;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Index of `length` bytes, which are passed over; -1 if they are not all there. */
  take(length: number): number {
    const at = this.at;
    if (!this.ok || length < 0 || at + length > this.end) {
      this.ok = false;
      return -1;
    }
    this.at = at + length;
    return at;
  }

  u8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.bytes[at];
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : u16be(this.bytes, at);
  }

  u32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : u32be(this.bytes, at);
  }

  text(length: number, limit = 1024): string {
    const at = this.take(length);
    return at < 0 ? '' : text(this.bytes, at, at + length, limit);
  }
}
