import { ByteWindow } from './byte-window.ts';
import { type CaptureError, captureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import { compressionOf } from './compression.ts';
import { Frame } from './frame.ts';
import { Pcap, pcapByteOrder } from './pcap.ts';
import { Pcapng, SECTION_HEADER } from './pcapng.ts';

export interface CaptureReaderOptions {
  /** Memory for unread bytes; grows where one record needs more, up to 32 MiB. */
  bufferBytes?: number;
}

/**
 * Reads the frames of a capture file of any format, pushed in pieces:
 *
 *     const reader = new CaptureReader();
 *     for (const chunk of chunks) {
 *       reader.push(chunk);
 *       while (reader.next()) use(reader.frame);
 *     }
 *     reader.end();
 *     if (reader.error !== null) ...
 *
 * Instead of `push`, a source may write into `reserve(n)` and `commit` what it wrote: the bytes are then not copied.
 * Allocates nothing per frame. The frame's bytes are valid until the next `push` or `reserve`.
 */
export class CaptureReader {
  readonly frame = new Frame();
  readonly #window: ByteWindow;
  #format: CaptureFormat | null = null;
  #error: CaptureError | null = null;

  constructor({ bufferBytes = 1 << 20 }: CaptureReaderOptions = {}) {
    this.#window = new ByteWindow(bufferBytes);
  }

  /** Why reading ended before the end of the file, or null. Bytes that are pushed afterwards are not looked at. */
  get error(): CaptureError | null {
    return this.#error;
  }

  /** `pcap` or `pcapng`; '' until the first bytes told. */
  get formatName(): string {
    return this.#format?.name ?? '';
  }

  /** Name of the interface of the current frame, '' where the file does not tell. */
  get interfaceName(): string {
    return this.#format instanceof Pcapng ? this.#format.interfaceName(this.frame.interfaceId) : '';
  }

  push(chunk: Uint8Array): void {
    this.reserve(chunk.length).set(chunk);
    this.commit(chunk.length);
  }

  /** Memory for at least `size` more bytes of the file. */
  reserve(size: number): Uint8Array {
    if (this.#error !== null) this.#window.at = this.#window.end;
    return this.#window.reserve(size);
  }

  /** The first `size` bytes of what `reserve` returned were written. */
  commit(size: number): void {
    this.#window.commit(size);
  }

  /** Moves `frame` to the next one. False: push more, or see `error`. */
  next(): boolean {
    const format = this.#format ?? this.#detect();
    if (format === null) return false;
    if (format.next()) return true;
    this.#error ??= format.error;
    return false;
  }

  /** The file has ended: bytes that are left over are a cut record. Call when `next` has returned false. */
  end(): void {
    if (this.#error !== null) return;
    const left = this.#window.left();
    const offset = this.#window.offset();
    if (left > 0 && this.#format !== null) this.#error = captureError('cut_short', offset, 'the file is cut short');
    else if (this.#format === null) {
      this.#error =
        left === 0
          ? captureError('empty', 0, 'the file is empty')
          : captureError('not_a_capture', 0, 'not a pcap or pcapng file');
    }
  }

  #detect(): CaptureFormat | null {
    const window = this.#window;
    if (this.#error !== null || window.left() < 8) return null;
    const { bytes, view, at } = window;
    if (view.getUint32(at) === SECTION_HEADER) return (this.#format = new Pcapng(window, this.frame));
    const littleEndian = pcapByteOrder(view, at);
    if (littleEndian !== null) return (this.#format = new Pcap(window, this.frame, littleEndian));
    const compression = compressionOf(bytes.subarray(at, window.end));
    this.#error =
      compression === null
        ? captureError('not_a_capture', window.offset(), 'not a pcap or pcapng file')
        : captureError('compressed', window.offset(), `compressed with ${compression}`);
    return null;
  }
}
