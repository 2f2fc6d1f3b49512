import { u16be, u32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { decompress, type Format } from '../../compression/decompress.ts';
import { Flag, type FrameHeader } from './frame.ts';

/** The body of a frame, plain, behind what flags announce. One is re-used. */
export class Body {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  /** Takes the body of the frame from [at, end), which may be cut. In LZ4 its plain length (32) stands before it. */
  read({ flags, isResponse }: FrameHeader, compression: Format, bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = Math.max(at, end);
    if ((flags & Flag.compressed) !== 0) {
      const from = compression === 'lz4 block' ? at + 4 : at;
      this.bytes = decompress(compression, bytes, from, Math.max(from, end));
      this.at = 0;
      this.end = this.bytes.length;
    }
    if (isResponse && (flags & Flag.tracing) !== 0) this.at += 16; // the id of the trace
    if (isResponse && (flags & Flag.warning) !== 0) this.#skipStrings(this.#count());
    if ((flags & Flag.customPayload) !== 0) this.#skipPayload(this.#count());
  }

  /** COMPRESSION in the options of a STARTUP; LZ4 where it says nothing. */
  get compression(): Format {
    return text(this.bytes, this.at, this.end, 512).includes('snappy') ? 'snappy' : 'lz4 block';
  }

  #count(): number {
    this.at += 2;
    return this.at <= this.end ? u16be(this.bytes, this.at - 2) : 0;
  }

  #skipStrings(count: number): void {
    for (let i = 0; i < count && this.at + 2 <= this.end; i++) this.at += 2 + u16be(this.bytes, this.at);
  }

  /** [bytes map]: a name and a value with a length of 32 bits each */
  #skipPayload(entries: number): void {
    for (let i = 0; i < entries && this.at + 2 <= this.end; i++) {
      this.#skipStrings(1);
      if (this.at + 4 <= this.end) this.at += 4 + Math.max(0, u32be(this.bytes, this.at) | 0);
    }
  }
}
