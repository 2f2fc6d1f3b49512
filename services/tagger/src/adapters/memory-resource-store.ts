import type { Coverage } from '../core/sync/knowledge.ts';
import {
  type Epoch,
  FencedError,
  GapError,
  type Progress,
  type ResourceChange,
  type ResourceStore,
  type Snapshot,
} from '../core/sync/resource-store.ts';

const heartbeatMs = 1000;

/** The resource store of one process. Keeps the last `keptChanges` changes for those who follow. */
export class MemoryResourceStore implements ResourceStore {
  readonly #resources = new Map<string, ResourceChange>();
  readonly #keptChanges: number;
  #log: ResourceChange[] = [];
  #version = 0;
  readonly #marks = new Map<string, Coverage>();
  readonly #epochs = new Map<string, number>();
  #changed = Promise.withResolvers<void>();

  constructor(keptChanges = 10_000) {
    this.#keptChanges = keptChanges;
  }

  async load(): Promise<Snapshot> {
    return { version: this.#version, changes: [...this.#resources.values()], coverage: this.#marks };
  }

  async *changes(after: number, signal: AbortSignal): AsyncGenerator<Progress> {
    for (let next = after + 1; !signal.aborted; ) {
      const oldest = this.#version - this.#log.length + 1;
      if (next < oldest || next > this.#version + 1) throw new GapError(`changes from ${next} on are not kept`);
      const news = this.#log.slice(next - oldest);
      next += news.length;
      if (news.length === 0) await this.#wait(signal);
      yield { changes: news, coverage: this.#marks };
    }
  }

  async acquire(source: string): Promise<Epoch> {
    const number = (this.#epochs.get(source) ?? 0) + 1;
    this.#epochs.set(source, number);
    return { source, number };
  }

  async mark(epoch: Epoch, coverage: Coverage, version: number): Promise<void> {
    if (version > this.#version) throw new GapError(`version ${version} is not reached`);
    this.#fence(epoch);
    this.#marks.set(epoch.source, coverage);
    this.#wake();
  }

  async write(epoch: Epoch, changes: readonly Omit<ResourceChange, 'version'>[]): Promise<number> {
    this.#fence(epoch);
    for (const { id, resource } of changes) {
      const change = { version: ++this.#version, id, resource };
      if (resource) this.#resources.set(id, change);
      else this.#resources.delete(id);
      this.#log.push(change);
    }
    if (this.#log.length > 2 * this.#keptChanges) this.#log = this.#log.slice(-this.#keptChanges);
    this.#wake();
    return this.#version;
  }

  async close(): Promise<void> {
    this.#changed.resolve();
  }

  #fence({ source, number }: Epoch): void {
    const latest = this.#epochs.get(source) ?? 0;
    if (number < latest) throw new FencedError(`epoch ${number} of ${source} is over, ${latest} writes`);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Until the next change, the heartbeat or the abort. */
  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, heartbeatMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([promise, this.#changed.promise]);
    clearTimeout(timer);
  }
}
