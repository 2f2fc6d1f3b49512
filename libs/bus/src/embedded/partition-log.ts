import type { BusRecord } from '../port.ts';
import { valueBytes } from '../value.ts';

/** What a record takes beside its bytes: the objects that hold them, as measured with Node 24. */
const overheadBytes = 400;

/** Bytes of memory that a record is counted with. */
export function sizeOf(record: BusRecord): number {
  return valueBytes(record) + (record.key?.length ?? 0) + overheadBytes;
}

/**
 * The records of one partition, oldest first, by offset. Keeps what no reader has passed yet, and of what all have
 * passed the last `retentionBytes`, one record at least, not older than `retentionMs`.
 */
export class PartitionLog {
  /** Offset of the next record. */
  endOffset = 0;
  /** All bytes ever appended. */
  #endBytes = 0;
  #records: BusRecord[] = [];
  /** For each kept record, all bytes appended before it. */
  #bytesBefore: number[] = [];
  #wake: (() => void)[] = [];

  get startOffset(): number {
    return this.endOffset - this.#records.length;
  }

  /** The record is made for its offset. */
  append(recordAt: (offset: number) => BusRecord): void {
    const placed = recordAt(this.endOffset++);
    this.#records.push(placed);
    this.#bytesBefore.push(this.#endBytes);
    this.#endBytes += sizeOf(placed);
  }

  /** Tells readers of records that came. */
  notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }

  /** Resolves at the next `notify`. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** Records from an offset on, of at most `maxBytes`, at least one if there is one. */
  read(offset: number, maxBytes: number): BusRecord[] {
    const start = Math.max(offset - this.startOffset, 0);
    let end = start;
    let bytes = 0;
    while (end < this.#records.length && (end === start || bytes + sizeOf(this.#records[end]) <= maxBytes)) {
      bytes += sizeOf(this.#records[end++]);
    }
    return this.#records.slice(start, end);
  }

  /** Bytes from an offset to the end. */
  bytesFrom(offset: number): number {
    if (offset >= this.endOffset) return 0;
    return this.#endBytes - this.#bytesBefore[Math.max(offset - this.startOffset, 0)];
  }

  /** Drops what every reader has passed (`passed`: the least offset still to be read) and retention does not keep. */
  trim(passed: number, retentionBytes: number, oldestMs: number): void {
    const droppable = Math.min(passed - this.startOffset, this.#records.length);
    const passedBytes = this.#endBytes - this.bytesFrom(passed);
    let drop = 0;
    while (drop < droppable) {
      const tooMuch = drop < droppable - 1 && passedBytes - this.#bytesBefore[drop] > retentionBytes;
      if (!tooMuch && this.#records[drop].timestampMs >= oldestMs) break;
      drop++;
    }
    // Moving what stays costs as much as is kept: drop in large steps only.
    if (drop > 0 && (drop * 2 >= this.#records.length || drop >= 1024)) {
      this.#records = this.#records.slice(drop);
      this.#bytesBefore = this.#bytesBefore.slice(drop);
    }
  }
}
