import type { AttributeValue, Resource } from '../model/resource.ts';
import { parseJsonMap } from './json-map.ts';
import type { RequestRow } from './request-row.ts';
import { attr, schemaUrl } from './semconv.ts';
import { serviceName } from './service-name.ts';

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
  readonly #byKey = new Map<string, Resource>();
  readonly #capacity: number;

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  of(row: RequestRow, side: 'client' | 'server'): Resource {
    const name = serviceName(row, side);
    const key =
      side === 'client'
        ? `${name}\0${row.client_cluster}\0${row.client_namespace}\0${row.client_pod}\0${row.client_node}\0${row.client_container}\0${row.client_vpc}\0${row.client_resource_name}`
        : `${name}\0${row.server_cluster}\0${row.server_namespace}\0${row.server_pod}\0${row.server_node}\0${row.server_container}\0${row.server_vpc}\0${row.server_resource_name}`;
    let resource = this.#byKey.get(key);
    if (resource === undefined) {
      if (this.#byKey.size >= this.#capacity) this.#byKey.clear();
      resource = { attributes: describe(row, side, name), schemaUrl };
      this.#byKey.set(key, resource);
    }
    return resource;
  }
}

function describe(row: RequestRow, side: 'client' | 'server', name: string): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = { [attr.serviceName]: name };
  for (const [tag, attribute] of plain) {
    const value = row[`${side}_${tag}`];
    if (value) attributes[attribute] = value;
  }
  const kind = row[`${side}_workload_kind`].toLowerCase();
  if (workloadKinds.has(kind)) attributes[`k8s.${kind}.name`] = row[`${side}_workload`];
  for (const [label, value] of Object.entries(parseJsonMap(row[`${side}_labels`])))
    attributes[`k8s.pod.label.${label}`] = value;
  return attributes;
}
