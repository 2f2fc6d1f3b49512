import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 8 << 20;

/** Writes a pcap file of Ethernet frames, little-endian, microseconds. */
export class CaptureWriter {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
    for (const word of [0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, 1]) this.#word(word);
  }

  write(timeUs: number, frame: Uint8Array, wireBytes: number): void {
    if (this.#used + 16 + frame.length > BUFFER_BYTES) this.#flush();
    this.#word(Math.floor(timeUs / 1e6));
    this.#word(timeUs % 1e6);
    this.#word(frame.length);
    this.#word(wireBytes);
    this.#buffer.set(frame, this.#used);
    this.#used += frame.length;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #word(value: number): void {
    this.#used = this.#buffer.writeUInt32LE(value, this.#used);
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#used);
    this.#used = 0;
  }
}

export interface Frame {
  readonly timeUs: number;
  readonly frame: Uint8Array;
  readonly wireBytes: number;
}

/** Frames of a small-endian pcap file with microseconds, as CaptureWriter and tcpdump write them. */
export function* readFrames(path: string): Generator<Frame> {
  const bytes = readFileSync(path);
  for (let at = 24; at + 16 <= bytes.length; ) {
    const captured = bytes.readUInt32LE(at + 8);
    const timeUs = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
    const wireBytes = bytes.readUInt32LE(at + 12);
    yield { timeUs, frame: bytes.subarray(at + 16, at + 16 + captured), wireBytes };
    at += 16 + captured;
  }
}
