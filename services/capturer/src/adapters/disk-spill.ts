import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lost, SpillBuffer } from '../core/publish-queue.ts';
import { type RawRecord, rawTopics } from '../core/raw-record.ts';

interface Segment {
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
}

const headBytes = 12;

/**
 * Records in files, one file per `push`, that survive a restart of the process. A record in a file (little endian):
 * u32 length of value, u16 partition, u16 index of topic, u32 rows, value.
 */
export class DiskSpill implements SpillBuffer {
  readonly #folder: string;
  readonly #maxBytes: number;
  #segments: Segment[];
  #next: number;
  #bytes = 0;

  /** Takes up what an earlier process left in the folder. Throws what the file system says. */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder).filter((name) => /^\d+\.spill$/.test(name));
    this.#segments = names.sort().map((name) => {
      const file = join(folder, name);
      const rows = readRecords(file).reduce((sum, record) => sum + record.rows, 0);
      return { file, bytes: statSync(file).size, rows };
    });
    this.#next = names.length === 0 ? 0 : Number.parseInt(names[names.length - 1], 10) + 1;
    for (const { bytes } of this.#segments) this.#bytes += bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(records: readonly RawRecord[]): readonly Lost[] {
    const content = Buffer.concat(records.flatMap((record) => [headOf(record), record.value]));
    const rows = records.reduce((sum, record) => sum + record.rows, 0);
    if (content.length > this.#maxBytes) return [{ rows, reason: 'spill_full' }];
    const lost: Lost[] = [];
    while (this.#bytes + content.length > this.#maxBytes) lost.push({ rows: this.#dropOldest(), reason: 'spill_full' });
    const file = join(this.#folder, `${String(this.#next++).padStart(12, '0')}.spill`);
    try {
      writeFileSync(file, content);
    } catch {
      rmSync(file, { force: true });
      return [...lost, { rows, reason: 'spill_failed' }];
    }
    this.#segments.push({ file, bytes: content.length, rows });
    this.#bytes += content.length;
    return lost;
  }

  peek(): readonly RawRecord[] {
    while (this.#segments.length > 0) {
      const records = readRecords(this.#segments[0].file);
      if (records.length > 0) return records;
      this.#dropOldest();
    }
    return [];
  }

  remove(): void {
    this.#dropOldest();
  }

  #dropOldest(): number {
    const segment = this.#segments.shift();
    if (segment === undefined) return 0;
    rmSync(segment.file, { force: true });
    this.#bytes -= segment.bytes;
    return segment.rows;
  }
}

function headOf({ topic, partition, rows, value }: RawRecord): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(value.length, 0);
  head.writeUInt16LE(partition, 4);
  head.writeUInt16LE(rawTopics.indexOf(topic), 6);
  head.writeUInt32LE(rows, 8);
  return head;
}

/** The whole records of a file: a crash may have cut the last one. */
function readRecords(file: string): RawRecord[] {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch {
    return [];
  }
  const records: RawRecord[] = [];
  for (let at = 0; at + headBytes <= content.length; ) {
    const end = at + headBytes + content.readUInt32LE(at);
    const topic = rawTopics[content.readUInt16LE(at + 6)];
    if (end > content.length || topic === undefined) break;
    const value = content.subarray(at + headBytes, end);
    records.push({ topic, partition: content.readUInt16LE(at + 4), rows: content.readUInt32LE(at + 8), value });
    at = end;
  }
  return records;
}
