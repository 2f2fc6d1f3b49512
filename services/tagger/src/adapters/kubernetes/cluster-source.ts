import { ClusterState, type ClusterStateOptions } from '../../core/kubernetes/cluster-state.ts';
import { strip } from '../../core/kubernetes/strip.ts';
import { ClusterWriter } from '../../core/sync/cluster-writer.ts';
import { FencedError, type ResourceStore } from '../../core/sync/resource-store.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { Reflector, type ReflectorListener } from './reflector.ts';
import { watchedResources } from './watched-resources.ts';

export interface ClusterSourceOptions extends ClusterStateOptions {
  readonly historyMs: number;
  readonly listener: ReflectorListener & { written(resources: number): void };
  /** The writer of this term, for when the store loses what it had. */
  readonly onWriter: (writer: ClusterWriter) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** µs since the epoch. */
  readonly nowUs: () => number;
}

/** Changes are written together this often: an address is known to every tagger some 100 ms after the API says it. */
const writeMs = 50;
const sweepMs = 60_000;

/** What the leader does: follows the cluster and keeps the store as it is, until the signal aborts. */
export async function writeCluster(
  api: KubernetesApi,
  store: ResourceStore,
  options: ClusterSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { sleep, nowUs, historyMs, listener } = options;
  const state = new ClusterState(options);
  const waiting = new Set(watchedResources.map(({ resource }) => resource));
  const target = {
    put: (resource: string, raw: unknown) => {
      const object = strip(resource, raw, options);
      if (object) state.put(object, nowUs());
    },
    removed: (_resource: string, uid: string) => state.remove(uid, nowUs()),
    listed: (resource: string, uids: ReadonlySet<string>) => {
      for (const uid of state.uids(resource)) if (!uids.has(uid)) state.remove(uid, nowUs());
      waiting.delete(resource);
    },
  };
  // When this ends, by the signal or by a fence, its watches end too.
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const reflectors = watchedResources.map((watched) => new Reflector(api, watched, target, options).run(ends));
  try {
    // Half a list must not look like a cluster in which the other half is gone.
    while (waiting.size > 0 && !signal.aborted) await sleep(writeMs, signal).catch(() => {});
    const writer = new ClusterWriter(store, { idPrefix: state.idPrefix, historyMs, nowUs });
    options.onWriter(writer);
    for (let sweptUs = nowUs(); !signal.aborted; ) {
      writer.take(state.drain());
      if (nowUs() - sweptUs > sweepMs * 1000) {
        writer.sweep();
        sweptUs = nowUs();
      }
      const written = await writer.write().catch((error: Error) => {
        if (error instanceof FencedError) throw error;
        listener.failed('store', error);
        return 0;
      });
      if (written > 0) listener.written(written);
      await sleep(writeMs, signal).catch(() => {});
    }
  } finally {
    stop.abort();
    await Promise.all(reflectors);
  }
}
