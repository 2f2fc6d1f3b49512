import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExpectedRequest } from './scenario.ts';

/** The folder of the recordings: `<scenario>.pcap` and `<scenario>.json`. */
export const recordings = fileURLToPath(new URL('../fixtures/recordings', import.meta.url));

/** Beside each capture: what was done in it. */
export interface Recording {
  readonly about: string;
  /** Those that are compressed on the wire, too. */
  readonly secrets: readonly string[];
  readonly requests: readonly ExpectedRequest[];
}

export function readRecording(name: string): Recording {
  return JSON.parse(readFileSync(join(recordings, `${name}.json`), 'utf8'));
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** A capture (pcap, little-endian, as tcpdump writes it here) that was started late: without the first share of its packets. */
export function startedLate(capture: Buffer, share: number): Buffer {
  const records: number[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= capture.length; at += RECORD_HEADER + capture.readUInt32LE(at + 8))
    records.push(at);
  const first = records[Math.floor(records.length * share)];
  return Buffer.concat([capture.subarray(0, FILE_HEADER), capture.subarray(first)]);
}
