import { describe, expect, it, vi } from 'vitest';
import { MemoryResourceStore } from '../../adapters/memory-resource-store.ts';
import { pod } from '../../testing/resources.ts';
import { ResourceIndex } from '../model/resource-index.ts';
import { ResourceFollower } from './resource-follower.ts';
import { GapError } from './resource-store.ts';

const listener = () => ({ fresh: vi.fn(), away: vi.fn(), gap: vi.fn() });
const sleep = () => Promise.resolve();
const put = (name: string) => ({ id: pod(name, '10.0.0.1').id, resource: pod(name, '10.0.0.1') });

describe('ResourceFollower', () => {
  it('loads what is there and takes in what changes, also a resource that is forgotten', async () => {
    const store = new MemoryResourceStore();
    const epoch = await store.acquire('test');
    await store.write(epoch, [put('a')]);
    const index = new ResourceIndex();
    const stop = new AbortController();
    const running = new ResourceFollower(store, index, { listener: listener(), sleep, nowUs: () => 1 }).run(
      stop.signal,
    );
    await vi.waitFor(() => expect(index.size).toBe(1));
    await store.write(epoch, [put('b'), { id: put('a').id, resource: undefined }]);
    await vi.waitFor(() => expect([...index.all()].map(({ name }) => name)).toEqual(['b']));
    stop.abort();
    await running;
  });

  it('loads anew after a gap, and ends what has gone meanwhile', async () => {
    const store = new MemoryResourceStore();
    const epoch = await store.acquire('test');
    await store.write(epoch, [put('a'), put('b')]);
    const index = new ResourceIndex();
    const stop = new AbortController();
    const heard = listener();
    let isCut = false;
    const gapOnce = vi.spyOn(store, 'changes');
    gapOnce.mockImplementationOnce(async function* () {
      isCut = true;
      await store.write(epoch, [{ id: put('a').id, resource: undefined }]);
      yield { changes: [], coverage: new Map() };
      throw new GapError('cut');
    });
    const running = new ResourceFollower(store, index, { listener: heard, sleep, nowUs: () => 77 }).run(stop.signal);
    await vi.waitFor(() => expect(index.get(put('a').id)?.toUs).toBe(77));
    expect([isCut, index.get(put('b').id)?.toUs]).toEqual([true, undefined]);
    expect(heard.gap).toHaveBeenCalledOnce();
    stop.abort();
    await running;
  });
});
