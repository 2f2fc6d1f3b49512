import { describe, expect, it } from 'vitest';
import { Cluster, metadata, podObject, startUs } from '../../testing/cluster.ts';
import { strip } from './strip.ts';

const owner = (kind: string, name: string) => ({
  ownerReferences: [{ kind, name, uid: `uid-${name}`, controller: true, apiVersion: 'apps/v1' }],
});
const node = {
  metadata: metadata('node-1', { namespace: undefined, labels: { 'topology.kubernetes.io/zone': 'z1' } }),
  status: {
    addresses: [
      { type: 'InternalIP', address: '192.0.2.1' },
      { type: 'Hostname', address: 'node-1' },
    ],
  },
};
const service = (spec: object) => ({ metadata: metadata('shop-svc'), spec: { clusterIPs: ['10.96.0.10'], ...spec } });
const slice = (addresses: string[], podName: string) => ({
  metadata: metadata('shop-svc-abc', { labels: { 'kubernetes.io/service-name': 'shop-svc' } }),
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [
    { addresses, conditions: { ready: true, serving: true }, targetRef: { kind: 'Pod', uid: `uid-${podName}` } },
  ],
});

describe('ClusterState', () => {
  it('names pods with node, zone, chosen labels and the top of their owners', () => {
    const cluster = new Cluster()
      .put('pods', podObject('shop-5b8c-x', '10.16.0.2', { metadata: owner('ReplicaSet', 'shop-5b8c') }))
      .put('apps/replicasets', { metadata: metadata('shop-5b8c', owner('Deployment', 'shop')) })
      .put('nodes', node);
    expect(cluster.flow('10.16.0.2', '93.184.216.34')).toMatchObject({
      client_pod: 'shop-5b8c-x',
      client_namespace: 'shop',
      client_node: 'node-1',
      client_zone: 'z1',
      client_workload: 'shop',
      client_workload_kind: 'Deployment',
      client_cluster: 'prod',
      client_labels: { app: 'shop' },
      server_resource_type: 'internet',
    });
  });

  it('knows the Deployment by the name of a ReplicaSet that it has not seen, and corrects itself when it comes', () => {
    const hash = { ...owner('ReplicaSet', 'shop-5b8c'), labels: { 'pod-template-hash': '5b8c' } };
    const cluster = new Cluster().put('pods', podObject('shop-5b8c-x', '10.16.0.2', { metadata: hash }));
    expect(cluster.flow('10.16.0.2', '')).toMatchObject({
      client_workload: 'shop',
      client_workload_kind: 'Deployment',
    });
    cluster.put('apps/replicasets', { metadata: metadata('shop-5b8c', owner('Rollout', 'shop-rollout')) });
    expect(cluster.flow('10.16.0.2', '')).toMatchObject({
      client_workload: 'shop-rollout',
      client_workload_kind: 'Rollout',
    });
  });

  it('names a service by its cluster address, by the pods behind it, and by its port on a node', () => {
    const cluster = new Cluster()
      .put('services', service({ ports: [{ port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' }] }))
      .put('discovery.k8s.io/endpointslices', slice(['10.16.0.2'], 'shop-1'))
      .put('pods', podObject('shop-1', '10.16.0.2'))
      .put('nodes', node);
    expect(cluster.flow('', '10.96.0.10')).toMatchObject({
      server_resource_type: 'service',
      server_service: 'shop-svc',
    });
    expect(cluster.flow('', '10.16.0.2', { server_port: 8080 })).toMatchObject({
      server_pod: 'shop-1',
      server_service: 'shop-svc',
    });
    expect(cluster.flow('', '192.0.2.1', { server_port: 30080 })).toMatchObject({
      server_node: 'node-1',
      server_service: 'shop-svc',
    });
  });

  it('gives addresses of the host network to the node, and the ports of its pods to them', () => {
    const host = { hostNetwork: true, containers: [{ ports: [{ containerPort: 9100, protocol: 'TCP' }] }] };
    const cluster = new Cluster().put('nodes', node).put('pods', podObject('exporter', '192.0.2.1', { spec: host }));
    expect(cluster.flow('192.0.2.1', '192.0.2.1', { server_port: 9100 })).toMatchObject({
      client_resource_type: 'node',
      server_pod: 'exporter',
    });
  });

  it('knows containers by the ids that their statuses give', () => {
    const id = 'ab'.repeat(32);
    const status = { containerStatuses: [{ name: 'app', containerID: `containerd://${id}` }, { name: 'waits' }] };
    const cluster = new Cluster().put('pods', podObject('shop-1', '10.16.0.2', { status }));
    const [{ resource }] = cluster.state.drain();
    expect(resource?.claims.containers).toEqual([{ id, name: 'app' }]);
  });

  it('names the container of a pod that has no other, also where no process was seen', () => {
    const containers = [{ name: 'app' }, { name: 'proxy' }];
    const cluster = new Cluster()
      .put('pods', podObject('one-1', '10.16.0.2'))
      .put('pods', podObject('two-1', '10.16.0.3', { spec: { containers } }))
      .put('pods', podObject('init-1', '10.16.0.4', { spec: { initContainers: [{ name: 'wait' }] } }));
    expect(cluster.flow('10.16.0.2', '10.16.0.3')).toMatchObject({ client_container: 'app', server_pod: 'two-1' });
    expect(cluster.flow('10.16.0.3', '').client_container).toBeUndefined();
    expect(cluster.flow('10.16.0.4', '').client_container).toBeUndefined();
  });

  it('takes the address from a pod that has ended, and a deleted one by uid only', () => {
    const cluster = new Cluster().put('pods', podObject('job-1', '10.16.0.2'));
    expect(cluster.flow('10.16.0.2', '').client_pod).toBe('job-1');
    cluster.put('pods', podObject('job-1', '10.16.0.2', { status: { phase: 'Succeeded' } }));
    cluster.put('pods', podObject('next-1', '10.16.0.2'));
    expect(cluster.flow('10.16.0.2', '').client_pod).toBe('next-1');
    cluster.state.remove('uid-job-1', startUs);
    expect(cluster.flow('10.16.0.2', '').client_pod).toBe('next-1');
  });

  it('reads VPC, subnet and further interfaces from the annotations of Kube-OVN', () => {
    const ovn = (prefix: string, vpc: string, subnet: string, ip: string) => ({
      [`${prefix}.kubernetes.io/logical_router`]: vpc,
      [`${prefix}.kubernetes.io/logical_switch`]: subnet,
      [`${prefix}.kubernetes.io/ip_address`]: ip,
      [`${prefix}.kubernetes.io/mac_address`]: '02:00:00:00:00:01',
    });
    const annotations = {
      ...ovn('ovn', 'red', 'red-net', '10.0.0.2'),
      ...ovn('net1.shop.ovn', '', 'blue-net', '10.0.0.9'),
    };
    const cluster = new Cluster()
      .put('pods', podObject('shop-1', '10.0.0.2', { metadata: { annotations } }))
      .put('kubeovn.io/vpcs', { metadata: metadata('red'), spec: {} })
      .put('kubeovn.io/subnets', {
        metadata: metadata('red-net'),
        spec: { vpc: 'red', cidrBlock: '10.0.0.0/24,fd00::/64' },
      })
      .put('kubeovn.io/subnets', { metadata: metadata('blue-net'), spec: { vpc: 'blue', cidrBlock: '10.0.0.0/24' } });
    expect(cluster.flow('10.0.0.2', '10.0.0.77')).toMatchObject({ server_vpc: 'red', server_subnet: 'red-net' });
    expect(cluster.flow('10.0.0.9', '')).toMatchObject({
      client_pod: 'shop-1',
      client_vpc: 'blue',
      client_subnet: 'blue-net',
    });
    expect(cluster.flow('10.0.0.2', '10.0.0.9')).toMatchObject({
      client_pod: 'shop-1',
      client_vpc: 'red',
      client_subnet: 'red-net',
    });
  });

  it('keeps no environment, no image and no label that was not asked for', () => {
    const stripped = JSON.stringify(strip('pods', podObject('shop-1', '10.16.0.2'), { labels: ['app'] }));
    expect(stripped).not.toMatch(/PASSWORD|big|secret/);
    expect(stripped.length).toBeLessThan(600);
  });
});
