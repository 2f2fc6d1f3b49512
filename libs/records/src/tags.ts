import { optional as opt } from './field.ts';

/** Who one side of a row is, at the time of the event. */
export const sideTags = {
  pod: opt('name', 'last', 'Kubernetes pod'),
  namespace: opt('name', 'last', 'Kubernetes namespace'),
  node: opt('name', 'last', 'Kubernetes node'),
  workload: opt('name', 'last', 'Top owner of the pod: Deployment, StatefulSet ...'),
  workload_kind: opt('name', 'last', 'Kind of that owner'),
  service: opt('name', 'last', 'Service that was addressed, or that this pod serves at this port'),
  container: opt('name', 'last', 'Container'),
  cluster: opt('name', 'last', 'Kubernetes cluster'),
  vpc: opt('name', 'last', 'VPC'),
  subnet: opt('name', 'last', 'Subnet'),
  zone: opt('name', 'last', 'Availability zone'),
  region: opt('name', 'last', 'Region'),
  host: opt('name', 'last', 'Host or hypervisor'),
  resource_type: opt('name', 'last', 'pod, service, node, vm, rds, lb, nat_gateway, host, internet ...'),
  resource_name: opt('name', 'last', 'Name of that resource'),
  process: opt('name', 'last', 'Process, where it was seen'),
  labels: opt('map', 'last', 'Labels chosen by configuration'),
} as const;

export type SideTag = keyof typeof sideTags;

export const tagState = opt(
  'name',
  'last',
  'fresh; stale: from the local copy while the store is away; ambiguous: the address has several owners; unknown',
);
