import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, Emit, HealthComponent, OnApplicationShutdown } from '@flowloom/service-kit';
import { InventoryError, readInventory, watchInventory } from './adapters/inventory-file.ts';
import type { ResourceIndex } from './core/model/resource-index.ts';
import { type Coverage, everSince } from './core/sync/knowledge.ts';
import { ResourceFollower } from './core/sync/resource-follower.ts';
import type { ResourceStore } from './core/sync/resource-store.ts';
import { ResourceWriter } from './core/sync/resource-writer.ts';
import type { Tagger } from './core/tagger.ts';
import type { TaggerConfig } from './tagger.config.ts';
import type { taggerEvents } from './tagger.events.ts';

export interface ResourceSyncOptions {
  readonly config: Pick<TaggerConfig, 'inventoryFile' | 'historyMs'>;
  readonly store: ResourceStore;
  readonly index: ResourceIndex;
  readonly tagger: Tagger;
  readonly emit: Emit<typeof taggerEvents>;
  readonly health: HealthComponent;
  /** A cluster is followed: nothing is known until its leader says how far it has come. */
  readonly awaitsCluster?: boolean;
  /** The store has lost what it had: other writers than the inventory must write again too. */
  readonly onReset?: () => void;
  /** Called once the service is closed, for what the store was made of. */
  readonly onClosed?: () => Promise<unknown> | unknown;
}

const sweepMs = 60_000;
const retryMs = 2_000;
/** How long a start waits for the store before it goes on without. */
const firstLoadMs = 5_000;

const nowUs = () => Date.now() * 1000;

/** Keeps the local copy as the store is, and the store as the inventory file is. */
export class ResourceSync implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #options: ResourceSyncOptions;
  readonly #writer: ResourceWriter;
  readonly #stop = new AbortController();
  readonly #loaded = Promise.withResolvers<void>();
  /** When the store answered last. */
  #freshUs = nowUs();
  #running: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ResourceSyncOptions) {
    this.#options = options;
    const { historyMs } = options.config;
    this.#writer = new ResourceWriter(options.store, { idPrefix: 'inventory/', historyMs, nowUs });
  }

  /** Resolves when rows can be tagged. Throws an `InventoryError` when the file cannot be used at the start. */
  async start(): Promise<void> {
    const { config, index } = this.#options;
    if (config.inventoryFile) {
      for (const resource of await readInventory(config.inventoryFile)) index.put(resource);
      this.#rewrite();
      const watcher = watchInventory(config.inventoryFile, () => this.#rewrite());
      this.#stop.signal.addEventListener('abort', () => watcher.close());
    }
    this.#running = this.#follow();
    const sweep = setInterval(() => index.forgetBefore(nowUs() - config.historyMs * 1000), sweepMs);
    this.#stop.signal.addEventListener('abort', () => clearInterval(sweep));
    await Promise.race([this.#loaded.promise, sleep(firstLoadMs, undefined, { signal: this.#stop.signal })]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#running, this.#writing]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#options.store.close();
    await this.#options.onClosed?.();
  }

  async #follow(): Promise<void> {
    const { store, index, tagger, emit, health, awaitsCluster = false } = this.#options;
    const { historyMs } = this.#options.config;
    await this.#writing;
    const listener = {
      fresh: (coverage: ReadonlyMap<string, Coverage>) => {
        this.#freshUs = nowUs();
        // A cluster that nobody has watched for so long is no longer meant.
        const isRecent = (spans: Coverage) => (spans.at(-1)?.[1] ?? 0) > this.#freshUs - historyMs * 1000;
        const sources = [...coverage.values()].filter(isRecent);
        // Without any, all there is is the inventory, which is whole.
        if (sources.length > 0) tagger.knowledge.set(sources);
        else tagger.knowledge.set(awaitsCluster ? [[]] : [everSince]);
        health.ok();
        this.#loaded.resolve();
      },
      away: (error: Error) => this.#away(error),
      gap: ({ message }: Error) => {
        emit.storeGap({ reason: message });
        this.#rewrite();
        this.#options.onReset?.();
      },
    };
    const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
    await new ResourceFollower(store, index, { listener, sleep: wait, nowUs }).run(this.#stop.signal);
  }

  #away({ message }: Error): void {
    this.#options.tagger.knowledge.lost(this.#freshUs);
    this.#options.health.degraded(`tagging from the local copy: ${message}`);
    this.#options.emit.storeAway({ reason: message });
  }

  /** Takes the file over into the store; one at a time, and again while the store is away. */
  #rewrite(): void {
    this.#writing = this.#writing.then(() => this.#writeInventory());
  }

  async #writeInventory(): Promise<void> {
    const { config, emit } = this.#options;
    const { signal } = this.#stop;
    while (config.inventoryFile && !signal.aborted) {
      try {
        const resources = await readInventory(config.inventoryFile);
        const changed = await this.#writer.write(resources);
        return emit.inventoryLoaded({ file: config.inventoryFile, resources: resources.length, changed });
      } catch (error) {
        if (error instanceof InventoryError) {
          for (const problem of error.problems) emit.inventoryRejected({ file: config.inventoryFile, problem });
          return;
        }
        this.#away(error as Error);
        await sleep(retryMs, undefined, { signal }).catch(() => {});
      }
    }
  }
}
