import { type Fields, fieldsOf, type KubernetesObject, listOf, textOf, timeOf } from './objects.ts';

/** Fields of `spec` and `status` that are kept, by resource; of the others, Kube-OVN's rules, both are kept whole: they are small. */
const kept: Readonly<Record<string, { readonly spec?: readonly string[]; readonly status?: readonly string[] }>> = {
  pods: { spec: ['nodeName', 'hostNetwork'], status: ['podIPs', 'podIP', 'hostIP', 'phase', 'startTime'] },
  nodes: { status: ['addresses'] },
  services: { spec: ['clusterIPs', 'externalIPs', 'ports', 'type'], status: ['loadBalancer'] },
  'discovery.k8s.io/endpointslices': {},
  'apps/replicasets': {},
  'batch/jobs': {},
  'kubeovn.io/vpcs': { spec: ['vpcPeerings'] },
  'kubeovn.io/subnets': { spec: ['vpc', 'cidrBlock', 'provider'] },
  'kubeovn.io/ips': {
    spec: ['podName', 'namespace', 'subnet', 'v4IpAddress', 'v6IpAddress', 'macAddress', 'podType'],
  },
};

const otherFields = ['endpoints', 'ports'];
/** Of the first interface `ovn.kubernetes.io/...`, of the others `<network>.<namespace>[.ovn].kubernetes.io/...`. */
const keptAnnotation =
  /^[a-z0-9.-]{1,200}\.kubernetes\.io\/(?:logical_router|logical_switch|ip_address|mac_address)$|^ovn\.kubernetes\.io\/(?:logical_router|logical_switch|ip_address|mac_address)$/;

export interface StripOptions {
  /** Labels that become tags. */
  readonly labels: readonly string[];
}

/** Labels that decide tags themselves. */
const neededLabels = [
  'kubernetes.io/service-name',
  'pod-template-hash',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
];

/** The part of an object that tags are made of. Undefined for what is no object with a uid. */
export function strip(resource: string, raw: unknown, { labels }: StripOptions): KubernetesObject | undefined {
  const object = fieldsOf(raw);
  const metadata = fieldsOf(object.metadata);
  const uid = textOf(metadata.uid);
  if (!uid) return undefined;
  const keys = kept[resource];
  const spec = fieldsOf(object.spec);
  return {
    resource,
    uid,
    name: textOf(metadata.name),
    namespace: textOf(metadata.namespace),
    createdUs: timeOf(metadata.creationTimestamp),
    labels: texts(metadata.labels, (name) => labels.includes(name) || neededLabels.includes(name)),
    annotations: texts(metadata.annotations, (name) => keptAnnotation.test(name)),
    owner: ownerOf(metadata),
    spec: keys ? pick(spec, keys.spec ?? []) : spec,
    status: keys ? pick(fieldsOf(object.status), keys.status ?? []) : fieldsOf(object.status),
    other:
      resource === 'pods'
        ? { ports: hostPorts(spec), container: onlyContainer(spec), containers: containerIds(fieldsOf(object.status)) }
        : pick(object, otherFields),
  };
}

function ownerOf(metadata: Fields): KubernetesObject['owner'] {
  const owner = listOf(metadata.ownerReferences).find(({ controller }) => controller === true);
  return owner && { kind: textOf(owner.kind), name: textOf(owner.name), uid: textOf(owner.uid) };
}

/** Ports on which a pod of the host network listens, as it says itself. */
function hostPorts(spec: Fields): readonly Fields[] {
  if (spec.hostNetwork !== true) return [];
  return listOf(spec.containers).flatMap(({ ports }) => listOf(ports));
}

/** Name of the container that alone can have sent or got what the pod did; '' where there are others, if only for a while. */
function onlyContainer(spec: Fields): string {
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => listOf(spec[list]));
  return all.length === 1 ? textOf(all[0].name) : '';
}

const containerLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

/** Names of containers and their ids, which the API gives as `<runtime>://<id>`. */
function containerIds(status: Fields): readonly Fields[] {
  return containerLists
    .flatMap((list) => listOf(status[list]))
    .map(({ name, containerID }) => ({ name: textOf(name), id: textOf(containerID).split('://').at(-1) }))
    .filter(({ id }) => id);
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function texts(value: unknown, isKept: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(fieldsOf(value)).filter(([name, text]) => typeof text === 'string' && isKept(name));
  return Object.fromEntries(entries) as Record<string, string>;
}
