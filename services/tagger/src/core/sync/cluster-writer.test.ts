import { describe, expect, it } from 'vitest';
import { MemoryResourceStore } from '../../adapters/memory-resource-store.ts';
import { indexOf, pod } from '../../testing/resources.ts';
import { second, tagFlow } from '../../testing/rows.ts';
import { ClusterWriter } from './cluster-writer.ts';
import { FencedError, type ResourceStore } from './resource-store.ts';

const put = (name: string, ip: string, atSecond = 100) => {
  const resource = pod(name, ip);
  return { id: resource.id, resource, atUs: atSecond * second };
};
const gone = (name: string, atSecond: number) => ({ ...put(name, '', atSecond), resource: undefined });
const options = (nowSecond: () => number) => ({
  idPrefix: 'test/',
  historyMs: 60_000,
  nowUs: () => nowSecond() * second,
});

async function podsAt(store: MemoryResourceStore, ...seconds: number[]) {
  const { changes } = await store.load();
  const index = indexOf(...changes.flatMap(({ resource }) => (resource ? [resource] : [])));
  return seconds.map((s) => tagFlow(index, { start_us: s * second }).client_pod);
}

describe('ClusterWriter', () => {
  it('hands an address on from pod to pod, each at its time', async () => {
    const store = new MemoryResourceStore();
    const now = 100;
    const writer = new ClusterWriter(
      store,
      options(() => now),
    );
    writer.take([put('a', '10.0.0.1')]);
    await writer.write();
    writer.take([gone('a', 110)]);
    writer.take([put('b', '10.0.0.1', 111)]);
    await writer.write();
    expect(await podsAt(store, 105, 110, 111, 200)).toEqual(['a', undefined, 'b', 'b']);
  });

  it('ends what is gone when it begins, and forgets it after the history', async () => {
    const store = new MemoryResourceStore();
    let now = 100;
    const former = new ClusterWriter(
      store,
      options(() => now),
    );
    former.take([put('a', '10.0.0.1'), put('b', '10.0.0.2')]);
    await former.write();
    now = 200;
    const next = new ClusterWriter(
      store,
      options(() => now),
    );
    next.take([put('b', '10.0.0.2')]);
    await next.write();
    expect(await podsAt(store, 150, 250)).toEqual(['a', undefined]);
    now = 300;
    next.sweep();
    await next.write();
    expect((await store.load()).changes.map(({ resource }) => resource?.name)).toEqual(['b']);
    former.take([put('c', '10.0.0.3')]);
    await expect(former.write()).rejects.toThrow(FencedError);
  });

  it('writes everything again before it says how far it is, when the store has lost what it had', async () => {
    let store = new MemoryResourceStore();
    const port: ResourceStore = {
      load: () => store.load(),
      changes: (after, signal) => store.changes(after, signal),
      acquire: (source) => store.acquire(source),
      write: (epoch, changes) => store.write(epoch, changes),
      mark: (epoch, coverage, version) => store.mark(epoch, coverage, version),
      close: () => store.close(),
    };
    const writer = new ClusterWriter(
      port,
      options(() => 100),
    );
    writer.take([put('a', '10.0.0.1'), put('b', '10.0.0.2')]);
    await writer.write();
    await writer.mark([0, 100]);
    const namesOf = async () => (await store.load()).changes.map(({ resource }) => resource?.name);
    const coverageOf = async () => (await store.load()).coverage.size;

    store = new MemoryResourceStore();
    await writer.mark([0, 101]);
    expect([await namesOf(), await coverageOf()]).toEqual([[], 0]);
    await writer.write();
    await writer.mark([0, 102]);
    expect([await namesOf(), await coverageOf()]).toEqual([['a', 'b'], 1]);

    store = new MemoryResourceStore();
    writer.take([put('c', '10.0.0.3')]);
    await writer.write();
    await writer.mark([0, 103]);
    expect([await namesOf(), await coverageOf()]).toEqual([['c'], 0]);
    await writer.write();
    expect((await namesOf()).sort()).toEqual(['a', 'b', 'c']);
  });
});
