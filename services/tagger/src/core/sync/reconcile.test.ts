import { describe, expect, it } from 'vitest';
import { indexOf, pod } from '../../testing/resources.ts';
import { second, tagFlow } from '../../testing/rows.ts';
import type { Resource } from '../model/resource.ts';
import { reconcile } from './reconcile.ts';

const times = (atSecond: number) => ({ nowUs: atSecond * second, historyUs: 3600 * second });

/** A store in which all that is written stays. */
class Documents {
  readonly byId = new Map<string, Resource>();

  write(desired: Resource[], atSecond: number): number {
    const changes = reconcile([...this.byId.values()], desired, times(atSecond));
    for (const { id, resource } of changes) {
      if (resource) this.byId.set(id, resource);
      else this.byId.delete(id);
    }
    return changes.length;
  }

  podAt(atSecond: number, client_ip = '10.0.0.1'): string | undefined {
    return tagFlow(indexOf(...this.byId.values()), { client_ip, start_us: atSecond * second }).client_pod;
  }
}

describe('reconcile', () => {
  it('writes nothing where nothing has changed', () => {
    const store = new Documents();
    expect(store.write([pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')], 100)).toBe(2);
    expect(store.write([pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')], 200)).toBe(0);
  });

  it('gives an address to its old owner before the change and to the new one after it', () => {
    const store = new Documents();
    store.write([pod('a-1', '10.0.0.1')], 100);
    store.write([pod('b-1', '10.0.0.1')], 200);
    expect([50, 199, 200, 300].map((s) => store.podAt(s))).toEqual(['a-1', 'a-1', 'b-1', 'b-1']);
  });

  it('remembers which address a resource had before it moved', () => {
    const store = new Documents();
    store.write([pod('a-1', '10.0.0.1')], 100);
    store.write([pod('a-1', '10.0.0.9')], 200);
    expect([store.podAt(150), store.podAt(250)]).toEqual(['a-1', undefined]);
    expect([store.podAt(150, '10.0.0.9'), store.podAt(250, '10.0.0.9')]).toEqual([undefined, 'a-1']);
  });

  it('leaves a hole for the time in which a resource was gone', () => {
    const store = new Documents();
    store.write([pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')], 100);
    store.write([pod('b-1', '10.0.0.2')], 200);
    store.write([pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')], 300);
    expect([150, 250, 350].map((s) => store.podAt(s))).toEqual(['a-1', undefined, 'a-1']);
  });

  it('forgets what was gone for longer than the history', () => {
    const store = new Documents();
    store.write([pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')], 100);
    store.write([pod('b-1', '10.0.0.2')], 200);
    store.write([pod('b-1', '10.0.0.2')], 200 + 3601);
    expect(store.byId.size).toBe(1);
  });
});
