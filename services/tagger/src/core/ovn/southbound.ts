import { type Fields, fieldsOf, type KubernetesObject, textOf } from '../kubernetes/objects.ts';

/** What is asked for of OVN_Southbound (ovn-sb(5)), by table. */
export const monitored = {
  Datapath_Binding: { columns: ['tunnel_key', 'external_ids'] },
  Port_Binding: { columns: ['tunnel_key', 'datapath', 'type', 'external_ids'] },
} as const;

/** A cluster has a few for each pod and subnet. */
const maxRows = 1_000_000;

export interface SouthboundTarget {
  put(object: KubernetesObject): void;
  removed(uid: string): void;
}

/**
 * The keys by which OVN names networks and ports in tunnels, as objects of a cluster: `ovn/datapaths`, named
 * `switch <subnet>` or `router <vpc>`, and `ovn/ports` of the pods that Kube-OVN made them for. Throws a RangeError for more of
 * them than any cluster has.
 */
export class Southbound {
  readonly #target: SouthboundTarget;
  readonly #rows = new Set<string>();

  constructor(target: SouthboundTarget) {
    this.#target = target;
  }

  /** All rows that there are: what was known beyond them is gone. */
  all(updates: unknown): void {
    const there = new Set(Object.keys(monitored).flatMap((table) => Object.keys(fieldsOf(fieldsOf(updates)[table]))));
    for (const uid of [...this.#rows]) if (!there.has(uid)) this.#remove(uid);
    this.update(updates);
  }

  /** Changes (table-updates of RFC 7047 4.1.6). */
  update(updates: unknown): void {
    for (const table of ['Datapath_Binding', 'Port_Binding'] as const) {
      for (const [uid, change] of Object.entries(fieldsOf(fieldsOf(updates)[table]))) {
        const row = fieldsOf(change).new;
        const object = row === undefined ? undefined : objectOf(table, uid, fieldsOf(row));
        if (object) this.#put(object);
        else this.#remove(uid);
      }
    }
  }

  #put(object: KubernetesObject): void {
    this.#rows.add(object.uid);
    if (this.#rows.size > maxRows) throw new RangeError(`more than ${maxRows} networks and ports`);
    this.#target.put(object);
  }

  #remove(uid: string): void {
    if (this.#rows.delete(uid)) this.#target.removed(uid);
  }
}

function objectOf(table: keyof typeof monitored, uid: string, row: Fields): KubernetesObject | undefined {
  const key = row.tunnel_key;
  const ids = mapOf(row.external_ids);
  if (typeof key !== 'number') return undefined;
  if (table === 'Datapath_Binding') {
    const name = ids.get('name');
    const kind = ids.has('logical-switch') ? 'switch' : 'router';
    return name === undefined ? undefined : object('ovn/datapaths', uid, `${kind} ${name}`, { key, name });
  }
  // Ports of routers, gateways and physical networks are nobody's. Kube-OVN names the pod.
  const [namespace, podName, ...more] = (ids.get('pod') ?? '').split('/');
  if (row.type !== '' || !podName || more.length > 0) return undefined;
  return object('ovn/ports', uid, uid, { key, datapath: uuidOf(row.datapath), namespace, podName });
}

function object(resource: string, uid: string, name: string, spec: Fields): KubernetesObject {
  const none = { createdUs: undefined, owner: undefined, labels: {}, annotations: {}, status: {}, other: {} };
  return { ...none, resource, uid, name, namespace: '', spec };
}

/** `["map", [[key, value], ...]]` of texts (RFC 7047 5.1). */
function mapOf(value: unknown): Map<string, string> {
  if (!Array.isArray(value) || value[0] !== 'map' || !Array.isArray(value[1])) return new Map();
  return new Map(value[1].filter(Array.isArray).map(([name, text]) => [textOf(name), textOf(text)]));
}

/** `["uuid", text]` (RFC 7047 5.1). */
function uuidOf(value: unknown): string {
  return Array.isArray(value) && value[0] === 'uuid' ? textOf(value[1]) : '';
}
