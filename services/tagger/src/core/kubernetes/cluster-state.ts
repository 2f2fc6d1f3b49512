import type { Resource } from '../model/resource.ts';
import type { KubernetesObject } from './objects.ts';
import { renderEndpointSlice, renderNode, renderService } from './render-core.ts';
import { kubeOvnRenderers, type Render, vpcOfSubnetObject } from './render-kube-ovn.ts';
import { renderPod } from './render-pod.ts';

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
}

const anyNode = 'any node';
const subnetKey = (name: string) => `subnet ${name}`;

/**
 * The objects of a cluster, and the resources that follow from them. A resource is made of several objects (a pod's
 * workload is named by its ReplicaSet): whatever was asked for is noted, and asks to be rendered again when it changes.
 */
export class ClusterState {
  readonly #options: ClusterStateOptions;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #nodes = new Map<string, KubernetesObject>();
  readonly #vpcOfSubnet = new Map<string, string>();
  /** uids of objects whose resources were made with the help of a key. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #dirty = new Set<string>();
  readonly #gone = new Set<string>();

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

  put(object: KubernetesObject): void {
    this.#objects.set(object.uid, object);
    this.#dirty.add(object.uid);
    this.#touch(object, true);
  }

  /** By uid: an object of the same name that came after it stays. */
  remove(uid: string): void {
    const object = this.#objects.get(uid);
    if (!object) return;
    this.#objects.delete(uid);
    this.#dirty.delete(uid);
    if (renderers[object.resource]) this.#gone.add(this.#idOf(object));
    this.#touch(object, false);
    this.#dependents.delete(uid);
  }

  /** What changed since the last call. */
  drain(): ClusterChange[] {
    const changes: ClusterChange[] = [...this.#gone].map((id) => ({ id, resource: undefined }));
    for (const uid of this.#dirty) {
      const object = this.#objects.get(uid);
      const render = object && renderers[object.resource];
      if (render) changes.push({ id: this.#idOf(object), resource: render(object, this.#contextOf(uid)) });
    }
    this.#gone.clear();
    this.#dirty.clear();
    return changes;
  }

  #touch(object: KubernetesObject, isThere: boolean): void {
    const keys = [object.uid];
    if (object.resource === 'nodes') {
      if (isThere) this.#nodes.set(object.uid, object);
      else this.#nodes.delete(object.uid);
      keys.push(anyNode);
    }
    if (object.resource === 'kubeovn.io/subnets') {
      if (isThere) this.#vpcOfSubnet.set(object.name, vpcOfSubnetObject(object));
      else this.#vpcOfSubnet.delete(object.name);
      keys.push(subnetKey(object.name));
    }
    for (const key of keys) for (const uid of this.#dependents.get(key) ?? []) this.#dirty.add(uid);
  }

  #contextOf(uid: string) {
    const depend = (key: string) => {
      let dependents = this.#dependents.get(key);
      if (!dependents) this.#dependents.set(key, (dependents = new Set()));
      dependents.add(uid);
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
      vpcOfSubnet: (subnet: string) => {
        depend(subnetKey(subnet));
        return this.#vpcOfSubnet.get(subnet);
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
