import { setTimeout as sleep } from 'node:timers/promises';
import { appendRow, Batch, rawFlow, rowOf } from '@flowloom/records';
import { ResourceIndex, Tagger } from '@flowloom/tagger';
import {
  type ApiObject,
  createObject,
  installDefinitions,
  type KubernetesServer,
  kubeOvnDefinitions,
  missing,
  type OvnCentral,
  ovnMissing,
  startKubernetes,
  startOvn,
  titled,
} from '@flowloom/testkit';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KubernetesApi } from '../../../services/tagger/src/adapters/kubernetes/kubernetes-api.ts';
import { MemoryResourceStore } from '../../../services/tagger/src/adapters/memory-resource-store.ts';
import { ResourceFollower } from '../../../services/tagger/src/core/sync/resource-follower.ts';
import { KubernetesSync } from '../../../services/tagger/src/kubernetes-sync.ts';
import { taggerConfig } from '../../../services/tagger/src/tagger.config.ts';

const reason = await missing('kube-apiserver', 'kube-ovn', 'etcd', 'openssl');

/** What the tagger makes of a real API server: no kubelets, so a pod's address is written to its status here. */
describe.skipIf(reason)(titled('tagger, on a real Kubernetes API', reason), () => {
  let kubernetes: KubernetesServer;
  let ovn: OvnCentral | undefined;
  const store = new MemoryResourceStore();
  const index = new ResourceIndex();
  const tagger = new Tagger(index);
  const stop = new AbortController();
  const syncs: KubernetesSync[] = [];
  const leads: boolean[] = [];
  const events = {
    leaderChanged: (event: { leads: boolean }) => void leads.push(event.leads),
    kubernetesFailed: () => {},
    clusterWritten: () => {},
  };

  const health = { ok: vi.fn(), degraded: vi.fn(), down: vi.fn() };

  function startSync(): KubernetesSync {
    const ovnSouthbound = ovn ? [ovn.tcp] : [];
    const config = { ...taggerConfig.schema.parse({ ovnSouthbound }), leaseDurationMs: 3000 };
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(kubernetes.kubeconfig);
    const sync = new KubernetesSync({
      config,
      api: new KubernetesApi(kubeConfig),
      store,
      emit: events as never,
      health,
    });
    syncs.push(sync);
    return sync;
  }

  beforeAll(async () => {
    [kubernetes, ovn] = await Promise.all([startKubernetes(), ovnMissing() ? undefined : startOvn()]);
    await installDefinitions(kubernetes, await kubeOvnDefinitions());
    for (const name of ['flowloom', 'shop']) {
      await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name } });
    }
    const listener = { fresh: vi.fn(), away: vi.fn(), gap: vi.fn() };
    const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
    void new ResourceFollower(store, index, { listener, sleep: wait, nowUs }).run(stop.signal);
    startSync();
  });
  afterAll(async () => {
    stop.abort();
    await Promise.all(syncs.map((sync) => sync.beforeApplicationShutdown()));
    await Promise.all([kubernetes?.stop(), ovn?.stop()]);
  });

  const nowUs = () => Date.now() * 1000;
  const pods = '/api/v1/namespaces/shop/pods';

  async function createPod(name: string, ip: string, annotations: Record<string, string> = {}): Promise<void> {
    const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'none' }] };
    const made = (await kubernetes.call('POST', pods, { metadata: { name, annotations }, spec })) as {
      metadata: object;
    };
    const startTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '192.0.2.1', startTime };
    await kubernetes.call('PUT', `${pods}/${name}/status`, { ...made, status });
  }
  const deletePod = (name: string) => kubernetes.call('DELETE', `${pods}/${name}?gracePeriodSeconds=0`);

  function flow(client_ip: string, more: object = {}) {
    const batch = new Batch(rawFlow, 1);
    const row = {
      client_ip,
      protocol: 'tcp',
      agent: 'node-1',
      source: 'pcap',
      observation_point: 'c',
      start_us: nowUs(),
    };
    appendRow(batch, { ...row, ...more } as never);
    return rowOf(tagger.tagFlows(batch), 0);
  }

  it('is degraded while its store is away, and not any more when it is back', async () => {
    await vi.waitFor(() => expect(health.ok).toHaveBeenCalled(), 20_000);
    vi.spyOn(store, 'mark').mockRejectedValueOnce(new Error('the fault of this test'));
    await vi.waitFor(() => expect(health.degraded).toHaveBeenCalledWith('store: the fault of this test'), 5000);
    health.ok.mockClear();
    await vi.waitFor(() => expect(health.ok).toHaveBeenCalled(), 5000);
  });

  it('names pods, nodes and services as they come, move and go', async () => {
    await kubernetes.call('POST', '/api/v1/nodes', {
      metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'z1' } },
    });
    await createPod('shop-1', '10.16.0.2');
    await kubernetes.call('POST', '/api/v1/namespaces/shop/services', {
      metadata: { name: 'shop' },
      spec: { clusterIP: '10.96.0.77', ports: [{ port: 80, targetPort: 8080 }] },
    });
    await vi.waitFor(() => {
      expect(flow('10.16.0.2', { server_ip: '10.96.0.77' })).toMatchObject({
        client_pod: 'shop-1',
        client_zone: 'z1',
        server_service: 'shop',
        tag_state: 'fresh',
      });
    }, 20_000);
    await deletePod('shop-1');
    await vi.waitFor(() => expect(flow('10.16.0.2').client_pod).toBeUndefined(), 5000);
  });

  it('reads the annotations of Kube-OVN', async () => {
    await createPod('red-1', '10.1.0.2', {
      'ovn.kubernetes.io/logical_router': 'red',
      'ovn.kubernetes.io/logical_switch': 'red-net',
      'ovn.kubernetes.io/ip_address': '10.1.0.2',
      'ovn.kubernetes.io/mac_address': '02:00:00:00:01:02',
    });
    await vi.waitFor(() => {
      expect(flow('10.1.0.2')).toMatchObject({ client_pod: 'red-1', client_vpc: 'red', client_subnet: 'red-net' });
    }, 5000);
  });

  it("reads Kube-OVN's other kinds as its own definitions have them", async () => {
    const ovn = (kind: string, name: string, spec: object, status?: object) =>
      createObject(kubernetes, {
        apiVersion: 'kubeovn.io/v1',
        kind,
        metadata: { name, ...(kind === 'VpcEgressGateway' && { namespace: 'shop' }) },
        spec,
        status,
      } as ApiObject);
    const subnet = { vpc: 'green', protocol: 'IPv4', cidrBlock: '10.3.0.0/24', gateway: '10.3.0.1' };
    const inside = { vpc: 'green', subnet: 'green-net' };
    await ovn('Vpc', 'green', { namespaces: ['shop'] }, { router: 'green', subnets: ['green-net'] });
    await ovn('Subnet', 'green-net', subnet);
    await createPod('green-1', '10.3.0.2', {
      'ovn.kubernetes.io/logical_router': 'green',
      'ovn.kubernetes.io/logical_switch': 'green-net',
      'ovn.kubernetes.io/ip_address': '10.3.0.2',
    });
    const ip = {
      podName: 'green-2',
      namespace: 'shop',
      subnet: 'green-net',
      nodeName: 'node-1',
      podType: '',
      containerID: '',
    };
    const ips = { ipAddress: '10.3.0.3', v4IpAddress: '10.3.0.3', v6IpAddress: '', macAddress: '02:00:00:00:03:03' };
    await ovn('IP', 'green-2.shop', { ...ip, ...ips, attachIps: [], attachMacs: [], attachSubnets: [] });
    await ovn(
      'Vip',
      'reserved',
      { namespace: 'shop', subnet: 'green-net' },
      { v4ip: '10.3.0.50', mac: '02:00:00:00:03:50', ready: true },
    );
    await ovn('SwitchLBRule', 'web', {
      vip: '10.3.0.60',
      namespace: 'shop',
      selector: ['app:web'],
      ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }],
    });
    await ovn('VpcNatGateway', 'gw', { ...inside, lanIp: '10.3.0.254', externalSubnets: ['ext'] });
    await ovn('IptablesEIP', 'eip-1', { natGwDp: 'gw' }, { ready: true, ip: '203.0.113.10' });
    await ovn('IptablesFIPRule', 'fip', { eip: 'eip-1', internalIp: '10.3.0.2' });
    await ovn('IptablesEIP', 'eip-2', { natGwDp: 'gw' }, { ready: true, ip: '203.0.113.11' });
    const forwarded = { externalPort: '8443', internalPort: '443', protocol: 'tcp' };
    await ovn('IptablesDnatRule', 'dnat', { eip: 'eip-2', internalIp: '10.3.0.2', ...forwarded });
    await ovn('IptablesEIP', 'eip-3', { natGwDp: 'gw' }, { ready: true, ip: '203.0.113.12' });
    await ovn('IptablesSnatRule', 'snat', { eip: 'eip-3', internalCIDR: '10.3.0.0/24' });
    for (const n of [1, 2, 3])
      await ovn('OvnEip', `ovn-eip-${n}`, { type: 'nat' }, { ready: true, v4Ip: `203.0.113.2${n}` });
    await ovn('OvnFip', 'ovn-fip', { ovnEip: 'ovn-eip-1', vpc: 'green', v4Ip: '10.3.0.2' });
    await ovn('OvnDnatRule', 'ovn-dnat', { ovnEip: 'ovn-eip-2', vpc: 'green', v4Ip: '10.3.0.2', ...forwarded });
    await ovn('OvnSnatRule', 'ovn-snat', { ovnEip: 'ovn-eip-3', vpcSubnet: 'green-net' });
    await ovn(
      'VpcEgressGateway',
      'egress',
      { vpc: 'green', externalSubnet: 'ext', policies: [{ ipBlocks: ['10.3.0.0/24'], snat: true }] },
      {
        phase: 'Completed',
        conditions: [],
        replicas: 1,
        labelSelector: 'app=egress',
        ready: true,
        internalIPs: ['10.3.0.200'],
        externalIPs: ['203.0.113.30'],
      },
    );

    const pod = { client_pod: 'green-1', client_vpc: 'green', client_subnet: 'green-net' };
    const gateway = { client_resource_type: 'nat_gateway', client_vpc: 'green', client_subnet: 'green-net' };
    const egress = { client_resource_type: 'nat_gateway', client_resource_name: 'egress', client_vpc: 'green' };
    const expected: [address: string, tags: object, port?: number][] = [
      ['10.3.0.2', pod],
      ['10.3.0.99', { client_subnet: 'green-net', client_vpc: 'green' }],
      ['10.3.0.50', { client_resource_type: 'vip', client_subnet: 'green-net' }],
      ['10.3.0.60', { client_resource_type: 'lb', client_service: 'web', client_vpc: 'green' }],
      ['10.3.0.254', { client_resource_type: 'nat_gateway', client_resource_name: 'gw' }],
      ['203.0.113.10', { ...pod, client_resource_name: 'gw' }],
      ['203.0.113.11', { ...pod, client_resource_name: 'gw' }, 8443],
      ['203.0.113.12', { ...gateway, client_resource_name: 'gw' }],
      ['203.0.113.21', pod],
      ['203.0.113.22', pod, 8443],
      ['203.0.113.23', gateway],
      ['10.3.0.200', egress],
      ['203.0.113.30', egress],
    ];
    await vi.waitFor(() => {
      for (const [address, tags, client_port] of expected) {
        expect(flow(address, { client_port, start_us: nowUs() }), address).toMatchObject(tags);
      }
    }, 5000);
  });

  it.skipIf(ovnMissing())(titled("knows OVN's networks and ports in tunnels", ovnMissing()), async () => {
    const spec = { vpc: 'red', protocol: 'IPv4', cidrBlock: '10.1.0.0/24', gateway: '10.1.0.1' };
    await kubernetes.call('POST', '/apis/kubeovn.io/v1/subnets', {
      apiVersion: 'kubeovn.io/v1',
      kind: 'Subnet',
      metadata: { name: 'red-net' },
      spec,
    });
    await ovn!.nbctl('ls-add', 'red-net');
    await ovn!.nbctl(
      'lsp-add',
      'red-net',
      'red-1.shop',
      '--',
      'set',
      'logical_switch_port',
      'red-1.shop',
      'external_ids:pod=shop/red-1',
    );
    const keyOf = async (...condition: string[]) =>
      Number(await ovn!.sbctl('--bare', '--columns=tunnel_key', 'find', ...condition));
    const tunnel_id = await keyOf('datapath_binding', 'external_ids:name=red-net');
    const ovn_client_port = await keyOf('port_binding', 'logical_port=red-1.shop');
    // Not the pod's own address, and the same range may be in other VPCs: the keys alone tell.
    const tunnel = { tunnel_type: 'geneve', tunnel_id, ovn_client_port };
    await vi.waitFor(() => {
      expect(flow('10.1.0.77', tunnel)).toMatchObject({
        client_pod: 'red-1',
        client_vpc: 'red',
        client_subnet: 'red-net',
      });
    }, 5000);
  });

  it('hands the lead on when the leader ends, and nothing is missed', async () => {
    const [first] = syncs;
    startSync();
    await sleep(1500);
    expect(leads).toEqual([true]);
    await first.beforeApplicationShutdown();
    await createPod('late-1', '10.16.0.30');
    await vi.waitFor(() => expect(flow('10.16.0.30').client_pod).toBe('late-1'), 15_000);
    expect(leads).toEqual([true, false, true]);
  });
});
