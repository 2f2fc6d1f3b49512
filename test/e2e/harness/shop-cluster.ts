import {
  type ApiObject,
  createObject,
  installDefinitions,
  type KubernetesServer,
  kubeOvnDefinitions,
  startKubernetes,
} from '@flowloom/testkit';
import { type DemoPod, demoPods } from '../../../cli/src/demo/application.ts';
import { containerIdOf } from './shop-containers.ts';

export const cluster = {
  name: 'kubernetes',
  namespace: 'shop',
  node: 'node-1',
  zone: 'zone-a',
  vpc: 'books',
  subnet: 'books-net',
};

/** What needs them besides the shop. */
export const clusterNeeds = ['kube-apiserver', 'kube-ovn', 'etcd', 'openssl'] as const;

const kinds: Readonly<Record<string, string>> = { client: 'Job', cache: 'StatefulSet' };

export function workloadKind(name: string): string {
  return kinds[name] ?? 'Deployment';
}

/** Name of the pod of a workload. */
export function podOf(name: string): string {
  return workloadKind(name) === 'Deployment' ? `${name}-5d9c7b6f4-x2x7p` : `${name}-0`;
}

/**
 * A real API server that knows the pods of the book shop as Kube-OVN and the controllers would have written them: VPC, subnet, IP
 * objects, node, workloads with their owners, pods with addresses and annotations, services with their EndpointSlices.
 */
export async function startShopCluster(): Promise<KubernetesServer> {
  const kubernetes = await startKubernetes();
  await installDefinitions(kubernetes, await kubeOvnDefinitions());
  for (const object of surroundings) await createObject(kubernetes, object);
  for (const pod of demoPods) await register(kubernetes, pod);
  return kubernetes;
}

const ovn = (kind: string, name: string, spec: object) => object('kubeovn.io/v1', kind, { name }, { spec });

function object(
  apiVersion: string,
  kind: string,
  metadata: ApiObject['metadata'] & Record<string, unknown>,
  rest: object = {},
) {
  return { apiVersion, kind, metadata, ...rest };
}

/** Beside another one, so that the address alone does not tell the container. */
const containers = ['app', 'proxy'].map((name) => ({ name, image: 'none' }));
const { namespace, node, vpc, subnet } = cluster;
const surroundings: readonly ApiObject[] = [
  object('v1', 'Namespace', { name: 'flowloom' }),
  object('v1', 'Namespace', { name: namespace }),
  object('v1', 'Node', { name: node, labels: { 'topology.kubernetes.io/zone': cluster.zone } }),
  ovn('Vpc', vpc, { namespaces: [namespace] }),
  ovn('Subnet', subnet, {
    vpc,
    protocol: 'IPv4',
    cidrBlock: '10.77.0.0/24',
    gateway: '10.77.0.1',
    namespaces: [namespace],
  }),
];

async function register(kubernetes: KubernetesServer, pod: DemoPod): Promise<void> {
  const { name, address, mac, port } = pod;
  const owner = await workload(kubernetes, name);
  const { uid } = await createObject(kubernetes, podObject(pod, owner));
  const spec = { podName: podOf(name), namespace, subnet, nodeName: node, ipAddress: address, v4IpAddress: address };
  const more = { v6IpAddress: '', macAddress: mac, podType: '', containerID: '' };
  const attached = { attachIps: [], attachMacs: [], attachSubnets: [] };
  await createObject(kubernetes, ovn('IP', `${podOf(name)}.${namespace}`, { ...spec, ...more, ...attached }));
  if (port !== undefined) await service(kubernetes, pod, uid, port);
}

/** Makes the workload and what it makes; returns what the pod names as its owner. */
async function workload(kubernetes: KubernetesServer, name: string): Promise<object> {
  const kind = workloadKind(name);
  const template = { metadata: { labels: { app: name } }, spec: { containers, restartPolicy: 'Always' } };
  const spec = { selector: { matchLabels: { app: name } }, template };
  if (kind === 'Job') {
    const never = { ...template, spec: { containers, restartPolicy: 'Never' } };
    return make(kubernetes, object('batch/v1', kind, { name, namespace }, { spec: { template: never } }));
  }
  if (kind !== 'Deployment')
    return make(kubernetes, object('apps/v1', kind, { name, namespace }, { spec: { ...spec, serviceName: name } }));
  const deployment = await make(kubernetes, object('apps/v1', kind, { name, namespace }, { spec }));
  const metadata = { name: `${name}-5d9c7b6f4`, namespace, ownerReferences: [deployment] };
  return make(kubernetes, object('apps/v1', 'ReplicaSet', metadata, { spec }));
}

async function make(kubernetes: KubernetesServer, made: ApiObject): Promise<object> {
  const { apiVersion, kind, metadata } = made;
  const { uid } = await createObject(kubernetes, made);
  return { apiVersion, kind, name: metadata.name, uid, controller: true };
}

function podObject({ name, address, mac }: DemoPod, owner: object): ApiObject {
  const annotations = Object.fromEntries(
    Object.entries({
      logical_router: vpc,
      logical_switch: subnet,
      ip_address: address,
      mac_address: mac,
      allocated: 'true',
    }).map(([key, value]) => [`ovn.kubernetes.io/${key}`, value]),
  );
  const metadata = { name: podOf(name), namespace, labels: { app: name }, annotations, ownerReferences: [owner] };
  const spec = { nodeName: node, containers };
  const ids = { containerID: `containerd://${containerIdOf(name)}`, image: 'none', imageID: '' };
  const container = { name: 'app', ready: true, restartCount: 0, ...ids };
  const startTime = `${new Date().toISOString().slice(0, 19)}Z`;
  const status = {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    hostIP: '192.0.2.1',
    startTime,
    containerStatuses: [container],
  };
  return object('v1', 'Pod', metadata, { spec, status });
}

async function service(
  kubernetes: KubernetesServer,
  { name, address }: DemoPod,
  uid: string,
  port: number,
): Promise<void> {
  const ports = [{ name: 'main', port, protocol: 'TCP' }];
  const spec = { selector: { app: name }, ports };
  await createObject(kubernetes, object('v1', 'Service', { name, namespace }, { spec }));
  const metadata = { name: `${name}-abcde`, namespace, labels: { 'kubernetes.io/service-name': name } };
  const targetRef = { kind: 'Pod', namespace, name: podOf(name), uid };
  const endpoints = [{ addresses: [address], conditions: { ready: true, serving: true }, targetRef }];
  await createObject(
    kubernetes,
    object('discovery.k8s.io/v1', 'EndpointSlice', metadata, { addressType: 'IPv4', ports, endpoints }),
  );
}
