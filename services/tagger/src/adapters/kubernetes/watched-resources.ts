/** A list of the API that is followed. */
export interface WatchedResource {
  /** As in `KubernetesObject.resource`. */
  readonly resource: string;
  readonly path: string;
  /** Only the metadata is asked for: all that is needed of owners. */
  readonly metadataOnly?: boolean;
}

const core = (resource: string): WatchedResource => ({ resource, path: `/api/v1/${resource}` });
const group = (apiVersion: string, plural: string, more: Partial<WatchedResource> = {}): WatchedResource => ({
  resource: `${apiVersion.split('/')[0]}/${plural}`,
  path: `/apis/${apiVersion}/${plural}`,
  ...more,
});

const kubeOvn = [
  'vpcs',
  'subnets',
  'ips',
  'vips',
  'switch-lb-rules',
  'vpc-nat-gateways',
  'vpc-egress-gateways',
  'iptables-eips',
  'iptables-fip-rules',
  'iptables-snat-rules',
  'iptables-dnat-rules',
  'ovn-eips',
  'ovn-fips',
  'ovn-snat-rules',
  'ovn-dnat-rules',
];

/**
 * Everything that tags are made of; the rights to it are in k8s/chart/templates/rbac.yaml. A list that the cluster does
 * not have (Kube-OVN's) is no error.
 */
export const watchedResources: readonly WatchedResource[] = [
  core('nodes'),
  core('pods'),
  core('services'),
  group('discovery.k8s.io/v1', 'endpointslices'),
  group('apps/v1', 'replicasets', { metadataOnly: true }),
  group('batch/v1', 'jobs', { metadataOnly: true }),
  ...kubeOvn.map((plural) => group('kubeovn.io/v1', plural)),
];

/** Whether tags do without it where it may not be read. */
export function isOptional(resource: string): boolean {
  return resource.startsWith('kubeovn.io/');
}
