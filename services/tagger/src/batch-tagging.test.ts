import type { Bus, BusBatch, OutgoingRecord } from '@flowloom/bus';
import type { BatchContext } from '@flowloom/bus/nest';
import { rawFlow, rowOf, type TaggedFlow, taggedFlow } from '@flowloom/records';
import { decodeArrow } from '@flowloom/records/arrow';
import { describe, expect, it, vi } from 'vitest';
import { BatchTagging } from './batch-tagging.ts';
import { ResourceIndex } from './core/model/resource-index.ts';
import { Knowledge } from './core/sync/knowledge.ts';
import { Tagger } from './core/tagger.ts';
import { pod } from './testing/resources.ts';
import { flowBatch } from './testing/rows.ts';

const nowUs = () => Date.now() * 1000;
const internet = '93.184.216.34';

/** Handles one row that began just now, from 10.0.0.1 to the internet. */
function handling(knowledge: Knowledge, index = new ResourceIndex(), waitMs = 400) {
  const tagger = new Tagger(index, knowledge);
  const emit = { rowsWaited: vi.fn(), batchTagged: vi.fn() };
  const tagging = new BatchTagging({
    bus: { partitions: async () => 1 } as unknown as Bus,
    topicPrefix: '',
    tagger,
    waitMs,
    emit: emit as never,
  });
  const handle = async (): Promise<TaggedFlow> => {
    const rows = flowBatch({ start_us: nowUs(), server_ip: internet });
    const record = { partition: 0, key: null, offset: 0 };
    const outputs: OutgoingRecord[] = [];
    const context = {
      decode: async () => [{ record, rows }],
      partition: { commit: async (commit: { outputs: OutgoingRecord[] }) => void outputs.push(...commit.outputs) },
    };
    const batch = { topic: 'flows.raw', records: [record] } as unknown as BusBatch;
    await tagging.handle(batch, context as unknown as BatchContext, rawFlow, taggedFlow, (raw, into, recentUs) =>
      tagger.tagFlows(raw, into, recentUs),
    );
    const decoded = decodeArrow(taggedFlow, outputs[0].value as Uint8Array);
    if (!decoded.ok) throw new Error(decoded.reason);
    return rowOf(decoded.batch, 0);
  };
  return { handle, emit, tagger };
}
const knownUntil = (us: number): [number, number][][] => [[[0, us]]];
const timed = async <T>(run: () => Promise<T>) => {
  const began = performance.now();
  return { result: await run(), ms: performance.now() - began };
};

describe('BatchTagging', () => {
  it('lets rows wait for their pod, and counts them once', async () => {
    const index = new ResourceIndex();
    const knowledge = new Knowledge(knownUntil(nowUs() + 60e6));
    const { handle, tagger, emit } = handling(knowledge, index);
    setTimeout(() => {
      index.put(pod('late-1', '10.0.0.1'));
      knowledge.set(knownUntil(nowUs() + 60e6));
    }, 100);
    expect(await handle()).toMatchObject({ client_pod: 'late-1', tag_state: 'fresh' });
    expect(tagger.counts).toEqual({ rows: 1, ambiguous: 0, unknown: 0, stale: 0 });
    expect(emit.rowsWaited).toHaveBeenCalledWith(expect.objectContaining({ addresses: 0 }));
  });

  it('goes on after the bound, counts it, and does not wait for that address again', async () => {
    const { handle, emit } = handling(new Knowledge(knownUntil(nowUs() + 60e6)));
    const first = await timed(handle);
    expect(first.result.tag_state).toBe('unknown');
    expect(first.ms).toBeGreaterThan(350);
    expect(emit.rowsWaited).toHaveBeenCalledWith(expect.objectContaining({ addresses: 1 }));
    expect((await timed(handle)).ms).toBeLessThan(200);
  });

  it('lets rows wait until their time is known, so that no former owner is named', async () => {
    const index = new ResourceIndex();
    index.put(pod('former-1', '10.0.0.1'));
    const knowledge = new Knowledge(knownUntil(nowUs()));
    const { handle } = handling(knowledge, index);
    setTimeout(() => {
      index.put({ ...pod('former-1', '10.0.0.1'), toUs: nowUs() - 1e6 });
      index.put(pod('next-1', '10.0.0.1', { fromUs: nowUs() - 1e6 }));
      knowledge.set(knownUntil(nowUs() + 60e6));
    }, 100);
    expect(await handle()).toMatchObject({ client_pod: 'next-1', tag_state: 'fresh' });
  });

  it('does not wait where nobody follows the cluster any more, nor where there is none', async () => {
    const away = await timed(handling(new Knowledge(knownUntil(nowUs() - 60e6))).handle);
    const none = await timed(handling(new Knowledge()).handle);
    expect([away.result.tag_state, none.result.tag_state]).toEqual(['stale', 'unknown']);
    expect([away.ms, none.ms].map((ms) => ms < 200)).toEqual([true, true]);
  });
});
