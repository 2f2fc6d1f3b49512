const quote = 0x22;
const backslash = 0x5c;
const isOpening = (byte: number) => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number) => byte === 0x7d || byte === 0x5d;

/**
 * Cuts a stream of JSON objects that follow each other without any frame (RFC 7047 4) into their texts. Bytes between them are
 * passed over; a text that grows beyond `maxBytes` throws a RangeError.
 */
export class JsonTexts {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Texts that are whole with these bytes. */
  add(bytes: Buffer): string[] {
    const texts: string[] = [];
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const wasOutside = this.#depth === 0;
      this.#take(bytes[at]);
      if (wasOutside) start = at;
      else if (this.#depth === 0) {
        this.#keep(bytes.subarray(start, at + 1));
        texts.push(Buffer.concat(this.#parts).toString('utf8'));
        this.#parts = [];
        this.#bytes = 0;
      }
    }
    if (this.#depth > 0) this.#keep(Buffer.from(bytes.subarray(start)));
    return texts;
  }

  #take(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString) {
      if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#isInString = false;
    } else if (byte === quote) this.#isInString = this.#depth > 0;
    else if (isOpening(byte)) this.#depth++;
    else if (isClosing(byte) && this.#depth > 0) this.#depth--;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new RangeError(`a JSON text of more than ${this.#maxBytes} bytes`);
    this.#parts.push(part);
  }
}
