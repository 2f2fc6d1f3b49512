import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaptureFile } from '@flowloom/capturer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMerged } from './merged-captures.ts';
import { pcapFile } from './testing/pcap-file.ts';

const second = 1_000_000;

describe('readMerged', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowloom-merged-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A capture of so many frames, 1 ms apart. */
  function capture(startUs: number, frames: number, cutBytes = 0): CaptureFile {
    const path = join(folder, `${startUs}-${frames}-${Math.random()}.pcap`);
    const bytes = pcapFile(
      Array.from({ length: frames }, () => Buffer.alloc(60)),
      startUs,
    );
    writeFileSync(path, bytes.subarray(0, bytes.length - cutBytes));
    return new CaptureFile(path);
  }

  async function read(...files: CaptureFile[]): Promise<[source: number, us: number][]> {
    const seen: [number, number][] = [];
    await readMerged(
      files,
      (source, file) => seen.push([source, file.reader.frame.timeUs - second]),
      () => {},
      async () => {},
    );
    for (const file of files) file.close();
    return seen;
  }

  it('gives the frames of several files in the order of their times', async () => {
    expect(await read(capture(second, 3), capture(second + 500, 2))).toEqual([
      [0, 0],
      [1, 500],
      [0, 1000],
      [1, 1500],
      [0, 2000],
    ]);
  });

  it('takes the earlier file first where times are equal', async () => {
    const order = await read(capture(second, 2), capture(second, 2));
    expect(order.map(([source]) => source)).toEqual([0, 1, 0, 1]);
  });

  it('goes on with the others when one ends, is cut, or has nothing', async () => {
    const order = await read(capture(second, 0), capture(second, 3, 5), capture(second + 10_000, 2));
    expect(order.map(([source]) => source)).toEqual([1, 1, 2, 2]);
  });

  it('keeps the order within a single file', async () => {
    expect(await read(capture(second, 3))).toEqual([
      [0, 0],
      [0, 1000],
      [0, 2000],
    ]);
  });
});
