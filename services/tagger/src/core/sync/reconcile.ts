import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../model/resource.ts';
import type { ResourceChange } from './resource-store.ts';
import { ended, revise } from './revise.ts';

export interface ReconcileOptions {
  readonly nowUs: number;
  /** How long what is gone is remembered, µs. */
  readonly historyUs: number;
}

/**
 * What must be written so that the store says what a source says. `stored` are the documents of that source alone.
 * Into an empty store everything comes as it is, "since ever"; later arrivals begin now.
 */
export function reconcile(
  stored: readonly Resource[],
  desired: readonly Resource[],
  { nowUs, historyUs }: ReconcileOptions,
): Omit<ResourceChange, 'version'>[] {
  const known = new Map(stored.map((resource) => [resource.id, resource]));
  const wanted = new Set(desired.map(({ id }) => id));
  const changes: Omit<ResourceChange, 'version'>[] = [];
  for (const resource of desired) {
    const previous = known.get(resource.id);
    const isNew = !previous && stored.length > 0;
    const next = isNew ? { ...resource, fromUs: resource.fromUs ?? nowUs } : resource;
    const revised = plain(revise(previous, next, nowUs, nowUs - historyUs));
    if (!isDeepStrictEqual(revised, previous && plain(previous))) changes.push({ id: resource.id, resource: revised });
  }
  for (const resource of stored) {
    if (wanted.has(resource.id)) continue;
    const { toUs } = resource;
    if (toUs === undefined) changes.push({ id: resource.id, resource: ended(resource, nowUs) });
    else if (toUs < nowUs - historyUs) changes.push({ id: resource.id, resource: undefined });
  }
  return changes;
}

/** As JSON keeps it: without the fields that are undefined. */
function plain(resource: Resource): Resource {
  return JSON.parse(JSON.stringify(resource)) as Resource;
}
