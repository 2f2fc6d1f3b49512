import { ClusterState, type ClusterStateOptions } from '../../core/kubernetes/cluster-state.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { strip } from '../../core/kubernetes/strip.ts';
import { ClusterWriter } from '../../core/sync/cluster-writer.ts';
import { FencedError, type ResourceStore } from '../../core/sync/resource-store.ts';
import { followSouthbound, type SouthboundOptions } from '../ovn/southbound-source.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { Liveness } from './liveness.ts';
import { Reflector, type ReflectorListener, type ReflectorTarget } from './reflector.ts';
import { isOptional, watchedResources } from './watched-resources.ts';

export interface ClusterSourceOptions extends ClusterStateOptions {
  /** OVN's southbound database, which knows the keys in tunnels; undefined: it is not asked. */
  readonly southbound?: SouthboundOptions | undefined;
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
/** How often it is said that nothing else has happened. */
const markUs = 200_000;
const sweepUs = 60_000_000;

const ovn = 'ovn southbound';
const resources = watchedResources.map(({ resource }) => resource);

/** What the leader does: follows the cluster and keeps the store as it is, until the signal aborts. */
export async function writeCluster(
  api: KubernetesApi,
  store: ResourceStore,
  options: ClusterSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { sleep, nowUs, historyMs } = options;
  const state = new ClusterState(options);
  const waiting = new Set(resources);
  if (options.southbound) waiting.add(ovn);
  const liveness = new Liveness(resources);
  const target: ReflectorTarget = {
    put: (resource, raw) => {
      const object = strip(resource, raw, options);
      if (object) state.put(object, nowUs(), liveness.knownUs(resource, nowUs()));
    },
    removed: (_resource, uid) => state.remove(uid, nowUs()),
    listed: (resource, uids, isThere) => {
      for (const uid of state.uids(resource)) if (!uids.has(uid)) state.remove(uid, nowUs());
      waiting.delete(resource);
      if (isThere) liveness.listed(resource, nowUs());
    },
    live: (resource, isLive) => liveness.set(resource, isLive, nowUs()),
    forbidden: (resource) => {
      if (!isOptional(resource)) return;
      waiting.delete(resource);
      liveness.remove(resource);
    },
  };
  // When this ends, by the signal or by a fence, its watches end too.
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const reflectors = watchedResources.map((watched) => new Reflector(api, watched, target, options).run(ends));
  const southbound = followOvn(state, waiting, options, ends);
  try {
    // Half a list must not look like a cluster in which the other half is gone.
    while (waiting.size > 0 && !signal.aborted) await sleep(writeMs, signal).catch(() => {});
    const writer = new ClusterWriter(store, { idPrefix: state.idPrefix, historyMs, nowUs });
    options.onWriter(writer);
    await keepWriting(writer, state, liveness, options, signal);
  } finally {
    stop.abort();
    await Promise.all([...reflectors, southbound]);
  }
}

/** Tags do without it while it is away. */
async function followOvn(
  state: ClusterState,
  waiting: Set<string>,
  { southbound, listener, sleep, nowUs }: ClusterSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!southbound) return;
  const target = {
    put: (object: KubernetesObject) => state.put(object, nowUs()),
    removed: (uid: string) => state.remove(uid, nowUs()),
  };
  const told = {
    works: () => {
      waiting.delete(ovn);
      listener.works(ovn);
    },
    failed: (error: Error) => {
      waiting.delete(ovn);
      listener.failed(ovn, error);
    },
  };
  await followSouthbound(southbound, target, { listener: told, sleep }, signal);
}

async function keepWriting(
  writer: ClusterWriter,
  state: ClusterState,
  liveness: Liveness,
  { nowUs, sleep, listener }: ClusterSourceOptions,
  signal: AbortSignal,
): Promise<void> {
  let sweptUs = nowUs();
  let markedUs = 0;
  let isStoreAway = false;
  while (!signal.aborted) {
    const span = liveness.span(nowUs());
    writer.take(state.drain());
    if (nowUs() - sweptUs > sweepUs) {
      writer.sweep();
      sweptUs = nowUs();
    }
    try {
      const written = await writer.write();
      if (written > 0) listener.written(written);
      if (span && (written > 0 || nowUs() - markedUs > markUs)) {
        await writer.mark(span);
        markedUs = nowUs();
        if (isStoreAway) listener.works('store');
        isStoreAway = false;
      }
    } catch (error) {
      if (error instanceof FencedError) throw error;
      isStoreAway = true;
      listener.failed('store', error as Error);
    }
    await sleep(writeMs, signal).catch(() => {});
  }
}
