import type { Resource } from '../model/resource.ts';
import { type KubernetesObject, textOf } from './objects.ts';
import { defaultVpc, type Render, type RenderContext } from './render-context.ts';
import { renderEndpointSlice, renderNode, renderService } from './render-core.ts';
import { kubeOvnRenderers } from './render-kube-ovn.ts';
import { renderPod } from './render-pod.ts';
import { Subnets } from './subnets.ts';

/** Objects that become resources; the others (ReplicaSets, Jobs) only tell something about these. */
const renderers: Readonly<Record<string, Render>> = {
  pods: renderPod,
  nodes: renderNode,
  services: renderService,
  'discovery.k8s.io/endpointslices': renderEndpointSlice,
  ...kubeOvnRenderers,
};

export interface ClusterStateOptions {
  /** Name of the cluster in tags and ids. */
  readonly cluster: string;
  /** Labels that become tags. */
  readonly labels: readonly string[];
}

/** A resource that changed; undefined where it is gone. */
export interface ClusterChange {
  readonly id: string;
  readonly resource: Resource | undefined;
  /** When it was seen to change, µs since the epoch. */
  readonly atUs: number;
  /** When it was surely as before; undefined where that is not known. */
  readonly knownUs?: number | undefined;
}

type Seen = Pick<ClusterChange, 'atUs' | 'knownUs'>;

const anyNode = 'any node';
const anySubnet = 'any subnet';
const subnetKey = (name: string) => `subnet ${name}`;
const nameKey = (resource: string, name: string) => `${resource} ${name}`;
/** Resources whose objects are for a pod, which they name. */
const forPods = ['kubeovn.io/ips', 'ovn/ports'];
const forPodKey = (resource: string, namespace: string, pod: string) => `${resource} of ${namespace}/${pod}`;

/**
 * The objects of a cluster, and the resources that follow from them. A resource is made of several objects (a pod's
 * workload is named by its ReplicaSet): whatever was asked for is noted, and asks to be rendered again when it changes.
 */
export class ClusterState {
  readonly #options: ClusterStateOptions;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #nodes = new Map<string, KubernetesObject>();
  readonly #subnets = new Subnets();
  /** uids of Kube-OVN's and OVN's objects by resource and name. */
  readonly #named = new Map<string, string>();
  /** Objects by the pod that they are for. */
  readonly #ofPod = new Map<string, Map<string, KubernetesObject>>();
  /** uids of objects whose resources were made with the help of a key. */
  readonly #dependents = new Map<string, Set<string>>();
  /** The same the other way round: what an object's resource was made with. */
  readonly #keysOf = new Map<string, Set<string>>();
  /** When what must be rendered was seen to change, by uid; and what is gone, by id. */
  readonly #dirty = new Map<string, Seen>();
  readonly #gone = new Map<string, number>();
  /** The last of objects that were gone before they were drained. */
  #passed: ClusterChange[] = [];

  constructor(options: ClusterStateOptions) {
    this.#options = options;
  }

  get idPrefix(): string {
    return `kubernetes/${this.#options.cluster}/`;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** uids of the objects of one resource. */
  uids(resource: string): string[] {
    return [...this.#objects.values()].filter((object) => object.resource === resource).map(({ uid }) => uid);
  }

  /** At `knownUs`, before it was seen, the object was surely as it is known here: or not there, where it is new. */
  put(object: KubernetesObject, atUs: number, knownUs?: number): void {
    const known = this.#objects.get(object.uid);
    const kept = { ...object, absentUs: known ? known.absentUs : knownUs };
    this.#objects.set(object.uid, kept);
    this.#markDirty(object.uid, { atUs, knownUs });
    this.#touch(kept, true, { atUs, knownUs });
  }

  /** By uid: an object of the same name that came after it stays. */
  remove(uid: string, atUs: number): void {
    const object = this.#objects.get(uid);
    if (!object) return;
    // What came and went between two drains had its address for that time.
    const change = this.#render(uid);
    if (change) this.#passed.push(change);
    this.#objects.delete(uid);
    this.#dirty.delete(uid);
    if (renderers[object.resource]) this.#gone.set(this.#idOf(object), atUs);
    this.#touch(object, false, { atUs });
    this.#forgetKeys(uid);
  }

  /** What changed since the last call. */
  drain(): ClusterChange[] {
    const gone = [...this.#gone].map(([id, atUs]) => ({ id, resource: undefined, atUs }));
    const changes: ClusterChange[] = [...this.#passed, ...gone];
    for (const uid of this.#dirty.keys()) {
      const change = this.#render(uid);
      if (change) changes.push(change);
    }
    this.#passed = [];
    this.#gone.clear();
    this.#dirty.clear();
    return changes;
  }

  /** The change of an object that is to be rendered. */
  #render(uid: string): ClusterChange | undefined {
    const object = this.#objects.get(uid);
    const seen = this.#dirty.get(uid);
    const render = object && renderers[object.resource];
    if (!render || seen === undefined) return undefined;
    return { id: this.#idOf(object), resource: render(object, this.#contextOf(uid)), ...seen };
  }

  /** Keeps what others may ask, and marks those that did. */
  #touch(object: KubernetesObject, isThere: boolean, seen: Seen): void {
    const keys = [object.uid, ...this.#index(object, isThere)];
    for (const key of keys) for (const uid of this.#dependents.get(key) ?? []) this.#markDirty(uid, seen);
  }

  /** Returns the keys under which the object can be asked for, besides its uid. */
  #index(object: KubernetesObject, isThere: boolean): string[] {
    const { resource, name, uid, spec } = object;
    if (resource === 'nodes') {
      if (isThere) this.#nodes.set(uid, object);
      else this.#nodes.delete(uid);
      return [anyNode];
    }
    if (!resource.startsWith('kubeovn.io/') && !resource.startsWith('ovn/')) return [];
    const keys = [nameKey(resource, name)];
    if (isThere) this.#named.set(keys[0], uid);
    else if (this.#named.get(keys[0]) === uid) this.#named.delete(keys[0]);
    if (resource === 'kubeovn.io/subnets') {
      if (isThere) this.#subnets.put(object);
      else this.#subnets.remove(name);
      keys.push(subnetKey(name), anySubnet);
    }
    if (forPods.includes(resource)) {
      const key = forPodKey(resource, textOf(spec.namespace), textOf(spec.podName));
      let objects = this.#ofPod.get(key);
      if (!objects) this.#ofPod.set(key, (objects = new Map()));
      if (isThere) objects.set(uid, object);
      else objects.delete(uid);
      if (objects.size === 0) this.#ofPod.delete(key);
      keys.push(key);
    }
    return keys;
  }

  /** The first time counts: a pod that came and got its address came first. */
  #markDirty(uid: string, seen: Seen): void {
    if (!this.#dirty.has(uid)) this.#dirty.set(uid, seen);
  }

  #forgetKeys(uid: string): void {
    for (const key of this.#keysOf.get(uid) ?? []) {
      const dependents = this.#dependents.get(key);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(key);
    }
    this.#keysOf.delete(uid);
  }

  #contextOf(uid: string): RenderContext {
    const depend = (key: string) => {
      setIn(this.#dependents, key).add(uid);
      setIn(this.#keysOf, uid).add(key);
    };
    return {
      cluster: this.#options.cluster,
      idOf: (object: KubernetesObject) => this.#idOf(object),
      get: (other: string) => {
        if (other) depend(other);
        return this.#objects.get(other);
      },
      nodes: () => {
        depend(anyNode);
        return [...this.#nodes.values()];
      },
      defaultVpc,
      named: (resource: string, name: string) => {
        if (name) depend(nameKey(resource, name));
        return this.#objects.get(this.#named.get(nameKey(resource, name)) ?? '');
      },
      ofPod: (resource: string, { namespace, name }: KubernetesObject) => {
        const key = forPodKey(resource, namespace, name);
        depend(key);
        return [...(this.#ofPod.get(key)?.values() ?? [])];
      },
      vpcOfSubnet: (subnet: string) => {
        depend(subnetKey(subnet));
        return this.#subnets.vpcOf(subnet);
      },
      vpcOfAddress: (ip: string) => {
        depend(anySubnet);
        return this.#subnets.vpcAround(ip);
      },
      subnetOfCidr: (vpc: string, cidr: string) => {
        depend(anySubnet);
        return this.#subnets.nameAround(vpc, cidr);
      },
      labelsOf: ({ labels }: KubernetesObject) => {
        const chosen = Object.entries(labels).filter(([name]) => this.#options.labels.includes(name));
        return chosen.length > 0 ? JSON.stringify(Object.fromEntries(chosen)) : '';
      },
    };
  }

  #idOf({ resource, uid }: KubernetesObject): string {
    return `${this.idPrefix}${resource}/${uid}`;
  }
}

function setIn(sets: Map<string, Set<string>>, key: string): Set<string> {
  let set = sets.get(key);
  if (!set) sets.set(key, (set = new Set()));
  return set;
}
