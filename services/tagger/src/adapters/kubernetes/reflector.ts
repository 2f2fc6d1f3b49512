import { fieldsOf, textOf } from '../../core/kubernetes/objects.ts';
import { type KubernetesApi, KubernetesError } from './kubernetes-api.ts';
import type { WatchedResource } from './watched-resources.ts';

/** Where the objects of a list go, as the API sends them. */
export interface ReflectorTarget {
  /** The whole list has come: `uids` are all that there are. `isThere`: the cluster has this list at all. */
  listed(resource: string, uids: ReadonlySet<string>, isThere: boolean): void;
  put(resource: string, object: unknown): void;
  removed(resource: string, uid: string): void;
  /** Changes come as they happen, or (false) may be late. */
  live(resource: string, isLive: boolean): void;
  /** This account may not read it: tags go without. */
  forbidden(resource: string): void;
}

export interface ReflectorListener {
  failed(resource: string, error: Error): void;
  /** The list is followed (again). */
  works(resource: string): void;
}

export interface ReflectorOptions {
  readonly listener: ReflectorListener;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const pageSize = 500;
const firstPauseMs = 200;
const longestPauseMs = 30_000;
/** How often a list that the cluster does not have is looked for again: its CRD may be installed later. */
const absentMs = 60_000;
const metadataList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
const metadataObject = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

/**
 * Follows one list: all objects in pages, then what changes since (Kubernetes API concepts, "Efficient detection of
 * changes"). A watch that ends is resumed at the last version it told, bookmarks included; a version that the server no
 * longer has (410 Gone) means listing again. Never gives up.
 */
export class Reflector {
  readonly #api: KubernetesApi;
  readonly #watched: WatchedResource;
  readonly #target: ReflectorTarget;
  readonly #options: ReflectorOptions;
  #version: string | undefined;

  constructor(api: KubernetesApi, watched: WatchedResource, target: ReflectorTarget, options: ReflectorOptions) {
    this.#api = api;
    this.#watched = watched;
    this.#target = target;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { listener, sleep } = this.#options;
    const { resource } = this.#watched;
    for (let pauseMs = firstPauseMs; !signal.aborted; ) {
      try {
        this.#version ??= await this.#list(signal);
        listener.works(resource);
        await this.#watch(this.#version, signal);
        pauseMs = firstPauseMs;
        this.#target.live(resource, false);
      } catch (error) {
        if (signal.aborted) return;
        const { status } = error as Partial<KubernetesError>;
        this.#failed(status, error as Error);
        const waitMs = status === 404 ? absentMs : pauseMs * (0.5 + Math.random() / 2);
        await sleep(waitMs, signal).catch(() => {});
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
    }
  }

  #failed(status: number | undefined, error: Error): void {
    const { resource } = this.#watched;
    // The cluster does not have it: nothing of it can happen.
    if (status === 404) {
      this.#absent();
      return;
    }
    this.#target.live(resource, false);
    if (status === 410) this.#version = undefined;
    else this.#options.listener.failed(resource, error);
    if (status === 403) this.#target.forbidden(resource);
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { resource, path, metadataOnly } = this.#watched;
    const accept = metadataOnly ? metadataList : undefined;
    const uids = new Set<string>();
    for (let next = ''; ; ) {
      const more = next ? `&continue=${encodeURIComponent(next)}` : '';
      const page = fieldsOf(await this.#api.json(`${path}?limit=${pageSize}${more}`, { accept, signal }));
      for (const object of Array.isArray(page.items) ? page.items : []) {
        uids.add(uidOf(object));
        this.#target.put(resource, object);
      }
      const metadata = fieldsOf(page.metadata);
      next = textOf(metadata.continue);
      if (next) continue;
      this.#target.listed(resource, uids, true);
      return textOf(metadata.resourceVersion);
    }
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const { path, metadataOnly } = this.#watched;
    // The server's own limit is 5 to 10 minutes at random, so that not all watches end at once.
    const seconds = 300 + Math.floor(300 * Math.random());
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${encodeURIComponent(version)}`;
    const accept = metadataOnly ? metadataObject : undefined;
    const onOpen = () => this.#target.live(this.#watched.resource, true);
    for await (const line of this.#api.lines(`${path}?${query}`, { accept, signal, onOpen })) this.#event(line);
  }

  #event(line: string): void {
    if (line.trim() === '') return;
    const { type, object } = fieldsOf(JSON.parse(line));
    const { resource } = this.#watched;
    if (type === 'ERROR') {
      const { code, message } = fieldsOf(object);
      throw new KubernetesError(Number(code), textOf(message));
    }
    if (type === 'ADDED' || type === 'MODIFIED') this.#target.put(resource, object);
    if (type === 'DELETED') this.#target.removed(resource, uidOf(object));
    this.#version = textOf(fieldsOf(fieldsOf(object).metadata).resourceVersion) || this.#version;
  }

  #absent(): void {
    this.#version = undefined;
    this.#target.listed(this.#watched.resource, new Set(), false);
    this.#target.live(this.#watched.resource, true);
    this.#options.listener.works(this.#watched.resource);
  }
}

function uidOf(object: unknown): string {
  return textOf(fieldsOf(fieldsOf(object).metadata).uid);
}
