import type { MessageForm } from './message-form.ts';

const endOfStream = [0xffff_ffff, 0];
/** Memory that stays for the next stream; what a rare longer one takes is given back. */
const keptBytes = 1 << 23;

/**
 * Writes an Arrow IPC stream into memory that is used again and again. A message is begun, then each of its buffers in turn:
 *
 *     begin(form) -> [column(rows) -> buffer(bytes) for each of its buffers] for each column -> end(rows)
 *
 * Whoever writes a buffer puts its bytes at `at` of `bytes`, or as words of `words`, and then tells how many they were.
 */
export class StreamWriter {
  bytes: Buffer = Buffer.alloc(0);
  words = new Uint32Array(0);
  /** Where the next byte goes: a multiple of 8 when a buffer begins. */
  at = 0;
  #form!: MessageForm;
  #message = 0;
  #body = 0;
  #node = 0;
  #buffer = 0;

  /** Begins a stream of at most so many bytes. */
  start(mostBytes: number): void {
    this.at = 0;
    if (mostBytes > this.bytes.length) this.#allocate((mostBytes + 7) & ~7);
  }

  #allocate(bytes: number): void {
    const memory = new ArrayBuffer(bytes);
    this.bytes = Buffer.from(memory);
    this.words = new Uint32Array(memory);
  }

  /** A message without a body. */
  message(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  begin(form: MessageForm): void {
    this.#form = form;
    this.#message = this.at >> 2;
    this.message(form.bytes);
    this.#body = this.at;
    this.#node = this.#message + form.nodes;
    this.#buffer = this.#message + form.buffers;
  }

  column(rows: number): void {
    this.words[this.#node] = rows;
    this.#node += 4;
    this.buffer(0); // no nulls, no bitmap of them
  }

  /** The buffer at `at` has so many bytes: what follows begins at the next multiple of 8. */
  buffer(bytes: number): void {
    this.words[this.#buffer] = this.at - this.#body;
    this.words[this.#buffer + 2] = bytes;
    this.#buffer += 4;
    const end = this.at + bytes;
    this.at = (end + 7) & ~7;
    this.bytes.fill(0, end, this.at);
  }

  end(rows: number): void {
    this.words[this.#message + this.#form.rows] = rows;
    this.words[this.#message + this.#form.bodyLength] = this.at - this.#body;
  }

  /** The stream ends: a copy of its bytes. */
  finish(): Uint8Array {
    this.words.set(endOfStream, this.at >> 2);
    const stream = new Uint8Array(this.bytes.subarray(0, this.at + 8));
    if (this.bytes.length > keptBytes) this.#allocate(0);
    return stream;
  }
}
