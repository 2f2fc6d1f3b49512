import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FlowBatch } from '@flowloom/flow';
import { expect, test } from 'vitest';
import { corpus } from '../../../../libs/packet/src/testing/corpus.ts';
import { Mutator } from '../../../../libs/packet/src/testing/mutator.ts';
import { CaptureFile } from '../adapters/file/capture-file.ts';
import { PacketPipeline } from './packet-pipeline.ts';

/** Captures of other projects; not part of the repository. */
const folder = fileURLToPath(new URL('../../../../../shared/pcaps/', import.meta.url));
const index = `${folder}INDEX.tsv`;
const captures = existsSync(index) ? pathsOf(readFileSync(index, 'utf8')) : [];

function pathsOf(tsv: string): string[] {
  const [header, ...lines] = tsv.trim().split('\n');
  const column = header.split('\t').indexOf('path');
  return lines.map((line) => folder + line.split('\t')[column]);
}

const counters = ['packets', 'bytes', 'l3_bytes', 'l4_bytes'] as const;

/**
 * What the rows of a capture add up to. Halves may differ in who is the client, and in which VLAN or tunnel a flow began
 * whose directions take different ways: everything is kept by sender.
 */
class Sums {
  readonly byEnds = new Map<string, number>();
  packets = 0;

  add({ columns: c, length }: FlowBatch): void {
    for (let row = 0; row < length; row++) {
      const [client, server] = [this.#address(c.client_ip.values, row), this.#address(c.server_ip.values, row)];
      const kind = c.protocol.get(row);
      for (const counter of counters) {
        this.#count(`${kind} ${client} > ${server} ${counter}`, c[`${counter}_tx`].values[row]);
        this.#count(`${kind} ${server} > ${client} ${counter}`, c[`${counter}_rx`].values[row]);
      }
      this.#count(`${kind} SYN`, c.syn_count.values[row]);
      this.#count(`${kind} SYN-ACK`, c.synack_count.values[row]);
      this.packets += c.packets_tx.values[row] + c.packets_rx.values[row];
    }
  }

  #count(key: string, value: number): void {
    if (value !== 0) this.byEnds.set(key, (this.byEnds.get(key) ?? 0) + value);
  }

  #address(words: Uint32Array, row: number): string {
    return words.subarray(4 * row, 4 * row + 4).join('.');
  }
}

function pipelineInto(sums: Sums): PacketPipeline {
  const pipeline = new PacketPipeline({
    flows: (batch) => sums.add(batch),
    requests: null,
    capacity: 2048,
    table: { hashSeed: 0 },
    l7: null,
  });
  pipeline.addInterface({ agent: '', name: '', source: 'pcap', kind: 'replay' });
  return pipeline;
}

/** Gives the frames of a capture to the pipeline that `pipelineOf` names for each of them. Returns how many there are. */
async function read(path: string, pipelineOf: (frame: number) => PacketPipeline): Promise<number> {
  let frames = 0;
  const file = new CaptureFile(path);
  while (await file.fill()) {
    while (file.reader.next()) {
      const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = file.reader.frame;
      pipelineOf(frames++).frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, 0, 0);
    }
  }
  file.close();
  return frames;
}

test.skipIf(captures.length === 0)(
  `every packet of ${captures.length || 'absent'} captures is in a row or counted by a named reason; halves add up to the whole`,
  async () => {
    for (const path of captures) {
      const [whole, halves] = [new Sums(), new Sums()];
      const pipeline = pipelineInto(whole);
      const frames = await read(path, () => pipeline);
      pipeline.flush();
      const reasons = pipeline.ignored.total();
      const ignored = Object.values(reasons).reduce((sum, count) => sum + count, 0);
      expect(whole.packets + ignored, path).toBe(frames);
      expect(reasons, path).not.toHaveProperty('fragment_held');
      if (frames < 2) continue;

      const parts = [pipelineInto(halves), pipelineInto(halves)];
      await read(path, (frame) => parts[frame < frames >> 1 ? 0 : 1]);
      for (const part of parts) part.flush();
      expect(Object.fromEntries(halves.byEnds), path).toEqual(Object.fromEntries(whole.byEnds));
      const [first, second] = parts.map((part) => part.ignored.total());
      for (const [reason, count] of Object.entries(reasons)) {
        expect((first[reason] ?? 0) + (second[reason] ?? 0), path).toBe(count);
      }
    }
  },
  120_000,
);

test('mutated frames of every kind are in rows or counted, too, and never throw', () => {
  const [frames, maxFrameBytes] = [100_000, 600];
  const sums = new Sums();
  const pipeline = pipelineInto(sums);
  const mutator = new Mutator(corpus, maxFrameBytes, 20_261_127);
  for (let i = 0; i < frames; i++) {
    mutator.next();
    pipeline.frame(mutator.bytes, 0, mutator.captured, mutator.length, i * 100, mutator.linkType, 0, i & 1);
  }
  pipeline.flush();
  const ignored = Object.values(pipeline.ignored.total()).reduce((sum, count) => sum + count, 0);
  expect(sums.packets + ignored).toBe(frames);
  expect(sums.packets).toBeGreaterThan(frames / 2);
});
