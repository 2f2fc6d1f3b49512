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
