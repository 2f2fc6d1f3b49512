import type { AttributeValue, Resource } from '../model/resource.ts';
import { parseJsonMap } from './json-map.ts';
import type { RequestRow, Side } from './request-row.ts';
import { attr, schemaUrl } from './semconv.ts';
import { serviceName, taggedName } from './service-name.ts';

const plain = [
  ['namespace', attr.serviceNamespace],
  ['cluster', attr.k8sClusterName],
  ['namespace', attr.k8sNamespaceName],
  ['pod', attr.k8sPodName],
  ['container', attr.k8sContainerName],
  ['service', attr.k8sServiceName],
  ['node', attr.k8sNodeName],
  ['host', attr.hostName],
  ['zone', attr.cloudAvailabilityZone],
  ['region', attr.cloudRegion],
  ['vpc', 'flowloom.vpc'],
  ['subnet', 'flowloom.subnet'],
  ['resource_type', 'flowloom.resource.type'],
  ['resource_name', 'flowloom.resource.name'],
] as const;

/** Kinds for which the conventions have k8s.<kind>.name. */
const workloadKinds = new Set(['deployment', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob']);

/**
 * The resource of each side of a request. The same side gives the same object, so that spans of one resource are
 * grouped and its bytes are encoded once. Holds at most `capacity` resources, then begins anew.
 */
export class Resources {
  readonly #byTags = new WeakMap<Side, Resource>();
  readonly #byKey = new Map<string, Resource>();
  readonly #capacity: number;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  of(row: RequestRow, side: 'client' | 'server'): Resource {
    const tags = row[side];
    const known = this.#byTags.get(tags);
    if (known) return known;
    const resource = this.#find(serviceName(row, side), tags);
    if (taggedName(tags) !== '') this.#byTags.set(tags, resource);
    return resource;
  }

  #find(name: string, tags: Side): Resource {
    const { cluster, namespace, pod, node, container, vpc, resource_name } = tags;
    const key = `${name}\0${cluster}\0${namespace}\0${pod}\0${node}\0${container}\0${vpc}\0${resource_name}`;
    let resource = this.#byKey.get(key);
    if (resource === undefined) {
      if (this.#byKey.size >= this.#capacity) this.#byKey.clear();
      resource = { attributes: describe(tags, name), schemaUrl };
      this.#byKey.set(key, resource);
    }
    return resource;
  }
}

function describe(tags: Side, name: string): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = { [attr.serviceName]: name };
  for (const [tag, attribute] of plain) if (tags[tag]) attributes[attribute] = tags[tag];
  const kind = tags.workload_kind.toLowerCase();
  if (workloadKinds.has(kind)) attributes[`k8s.${kind}.name`] = tags.workload;
  for (const [label, value] of Object.entries(parseJsonMap(tags.labels))) attributes[`k8s.pod.label.${label}`] = value;
  return attributes;
}
