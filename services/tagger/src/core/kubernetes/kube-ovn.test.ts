import { describe, expect, it } from 'vitest';
import { Cluster, metadata, podObject, startUs } from '../../testing/cluster.ts';

const ovn = (provider: string, subnet: string, ip: string, more: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ logical_switch: subnet, ip_address: ip, ...more }).map(([name, value]) => [
      `${provider}.kubernetes.io/${name}`,
      value,
    ]),
  );
const pod = (name: string, ip: string, annotations: Record<string, string>) =>
  podObject(name, ip, { metadata: { annotations } });
const subnet = (name: string, spec: object) => ({ metadata: metadata(name), spec });
const custom = (name: string, spec: object, status: object = {}) => ({
  metadata: metadata(name, { namespace: undefined }),
  spec,
  status,
});

/** A VPC `red` with a pod, behind a NAT gateway `gw` with the address 203.0.113.10. */
const behindGateway = () =>
  new Cluster()
    .put('kubeovn.io/subnets', subnet('red-net', { vpc: 'red', cidrBlock: '10.0.0.0/24' }))
    .put('kubeovn.io/subnets', subnet('blue-net', { vpc: 'blue', cidrBlock: '10.0.0.0/24' }))
    .put('pods', pod('red-1', '10.0.0.2', ovn('ovn', 'red-net', '10.0.0.2', { logical_router: 'red' })))
    .put('pods', pod('blue-1', '10.0.0.2', ovn('ovn', 'blue-net', '10.0.0.2', { logical_router: 'blue' })))
    .put('kubeovn.io/vpc-nat-gateways', custom('gw', { vpc: 'red', subnet: 'red-net', lanIp: '10.0.0.254' }))
    .put('kubeovn.io/iptables-eips', custom('eip-1', { natGwDp: 'gw' }, { ip: '203.0.113.10' }));

const gateway = { server_resource_type: 'nat_gateway', server_resource_name: 'gw', server_vpc: 'red' };

describe("Kube-OVN's NAT", () => {
  it('names a gateway by its inner and its outer address, above the pod that is the gateway', () => {
    const cluster = behindGateway().put(
      'pods',
      pod('vpc-nat-gw-gw-0', '10.0.0.254', ovn('ovn', 'red-net', '10.0.0.254', { logical_router: 'red' })),
    );
    expect(cluster.flow('', '10.0.0.254')).toMatchObject(gateway);
    expect(cluster.flow('', '203.0.113.10')).toMatchObject({ ...gateway, tag_state: 'unknown' });
  });

  it('names the pod behind a floating address, of the right VPC, and whoever has its address later', () => {
    const cluster = behindGateway().put(
      'kubeovn.io/iptables-fip-rules',
      custom('fip', { eip: 'eip-1', internalIp: '10.0.0.2' }),
    );
    expect(cluster.flow('198.51.100.1', '203.0.113.10')).toMatchObject({
      ...gateway,
      server_pod: 'red-1',
      server_subnet: 'red-net',
    });
    cluster.state.remove('uid-red-1', startUs + 1);
    const annotations = ovn('ovn', 'red-net', '10.0.0.2', { logical_router: 'red' });
    cluster.put('pods', pod('red-2', '10.0.0.2', annotations));
    expect(cluster.flow('198.51.100.1', '203.0.113.10').server_pod).toBe('red-2');
  });

  it('names the pod behind a forwarded port only at that port', () => {
    const cluster = behindGateway().put(
      'kubeovn.io/iptables-dnat-rules',
      custom('dnat', {
        eip: 'eip-1',
        externalPort: '8443',
        internalIp: '10.0.0.2',
        internalPort: '443',
        protocol: 'TCP',
      }),
    );
    const at = (server_port: number) => cluster.flow('', '203.0.113.10', { server_port });
    expect(at(8443)).toMatchObject({ ...gateway, server_pod: 'red-1' });
    expect(at(443)).toMatchObject(gateway);
    expect(at(443).server_pod).toBeUndefined();
  });

  it('names the subnet behind a source NAT, and none where there are several', () => {
    const snat = (name: string, internalCIDR: string) => custom(name, { eip: 'eip-1', internalCIDR });
    const cluster = behindGateway().put('kubeovn.io/iptables-snat-rules', snat('one', '10.0.0.0/24'));
    expect(cluster.flow('203.0.113.10', '')).toMatchObject({ client_resource_name: 'gw', client_subnet: 'red-net' });
    cluster
      .put('kubeovn.io/subnets', subnet('red-net-2', { vpc: 'red', cidrBlock: '10.1.0.0/24' }))
      .put('kubeovn.io/iptables-snat-rules', snat('two', '10.1.0.0/24'));
    const row = cluster.flow('203.0.113.10', '198.51.100.1');
    expect(row).toMatchObject({ client_resource_name: 'gw', client_vpc: 'red' });
    expect(row.client_subnet).toBeUndefined();
    expect(row.tag_state).not.toBe('ambiguous');
  });

  it('reads the rules of OVN itself, whose inner address may be that of an IP object', () => {
    const cluster = behindGateway()
      .put('kubeovn.io/ovn-eips', custom('oeip', { type: 'nat' }, { v4Ip: '203.0.113.20' }))
      .put('kubeovn.io/ips', custom('blue-1.shop', { subnet: 'blue-net', v4IpAddress: '10.0.0.2' }))
      .put('kubeovn.io/ovn-fips', custom('ofip', { ovnEip: 'oeip', ipType: 'ip', ipName: 'blue-1.shop' }))
      .put('kubeovn.io/ovn-eips', custom('dnat-eip', {}, { v4Ip: '203.0.113.21' }))
      .put(
        'kubeovn.io/ovn-dnat-rules',
        custom('odnat', {
          ovnEip: 'dnat-eip',
          ipName: 'blue-1.shop',
          externalPort: '80',
          internalPort: '80',
          protocol: 'tcp',
        }),
      )
      .put('kubeovn.io/ovn-eips', custom('snat-eip', {}, { v4Ip: '203.0.113.22' }))
      .put('kubeovn.io/ovn-snat-rules', custom('osnat', { ovnEip: 'snat-eip', vpcSubnet: 'blue-net' }));
    expect(cluster.flow('', '203.0.113.20')).toMatchObject({ server_pod: 'blue-1', server_vpc: 'blue' });
    expect(cluster.flow('', '203.0.113.21', { server_port: 80 })).toMatchObject({ server_pod: 'blue-1' });
    expect(cluster.flow('203.0.113.22', '')).toMatchObject({
      client_resource_type: 'nat_gateway',
      client_subnet: 'blue-net',
      client_vpc: 'blue',
    });
  });

  it('names an egress gateway by its inner and outer addresses', () => {
    const cluster = new Cluster().put('kubeovn.io/vpc-egress-gateways', {
      metadata: metadata('egress'),
      spec: { vpc: 'red', externalSubnet: 'ext' },
      status: { internalIPs: ['10.0.0.200,fd00::200'], externalIPs: ['203.0.113.30'] },
    });
    for (const ip of ['10.0.0.200', 'fd00::200', '203.0.113.30']) {
      expect(cluster.flow(ip, '')).toMatchObject({
        client_resource_type: 'nat_gateway',
        client_resource_name: 'egress',
        client_namespace: 'shop',
        client_vpc: 'red',
      });
    }
  });
});

describe("Kube-OVN's addresses", () => {
  it('gives a reserved address to whoever uses it, else to the reservation', () => {
    const vip = custom('vip-1', { subnet: 'red-net' }, { v4ip: '10.0.0.77', mac: '02:00:00:00:00:77' });
    const cluster = behindGateway().put('kubeovn.io/vips', vip);
    const unused = cluster.flow('', '10.0.0.77');
    expect(unused).toMatchObject({ server_resource_type: 'vip', server_subnet: 'red-net' });
    cluster.put('pods', pod('red-7', '10.0.0.77', ovn('ovn', 'red-net', '10.0.0.77', { logical_router: 'red' })));
    expect(cluster.flow('', '10.0.0.77').server_pod).toBe('red-7');
  });

  it('names a switch load balancer above the reservation of its address, in the VPC around it', () => {
    const cluster = new Cluster()
      .put('kubeovn.io/subnets', subnet('red-net', { vpc: 'red', cidrBlock: '10.5.0.0/24' }))
      .put('kubeovn.io/vips', custom('slr-vip', { subnet: 'red-net', type: 'switch_lb_vip', v4ip: '10.5.0.9' }))
      .put('kubeovn.io/switch-lb-rules', custom('web', { vip: '10.5.0.9', namespace: 'shop' }));
    expect(cluster.flow('', '10.5.0.9')).toMatchObject({
      server_resource_type: 'lb',
      server_service: 'web',
      server_vpc: 'red',
      server_subnet: 'red-net',
    });
  });

  it('takes further interfaces of any network plugin, whatever the order of the annotations', () => {
    const annotations = {
      ...ovn('net1.shop', 'macvlan-net', '172.17.0.9'),
      ...ovn('net2.shop.ovn', 'blue-net', '10.0.0.9'),
      ...ovn('ovn', 'red-net', '10.0.0.5', { logical_router: 'red' }),
    };
    const cluster = behindGateway()
      .put('kubeovn.io/subnets', subnet('macvlan-net', { provider: 'net1.shop', cidrBlock: '172.17.0.0/24' }))
      .put('pods', pod('many', '10.0.0.5', annotations));
    expect(cluster.flow('172.17.0.9', '')).toMatchObject({ client_pod: 'many', client_subnet: 'macvlan-net' });
    expect(cluster.flow('10.0.0.9', '')).toMatchObject({ client_pod: 'many', client_vpc: 'blue' });
    expect(cluster.flow('10.0.0.5', '')).toMatchObject({ client_pod: 'many', client_vpc: 'red' });
  });

  it('keeps the address of another first plugin beside its own interfaces', () => {
    const cluster = behindGateway().put(
      'pods',
      pod('mixed', '192.168.9.9', ovn('net2.shop.ovn', 'red-net', '10.0.0.6')),
    );
    expect(cluster.flow('192.168.9.9', '').client_pod).toBe('mixed');
    expect(cluster.flow('10.0.0.6', '')).toMatchObject({ client_pod: 'mixed', client_vpc: 'red' });
  });

  it('knows a pod by its IP object before its annotations come', () => {
    const cluster = behindGateway()
      .put('pods', podObject('early', '', { status: { podIP: undefined, podIPs: [] } }))
      .put(
        'kubeovn.io/ips',
        custom('early.shop', {
          podName: 'early',
          namespace: 'shop',
          subnet: 'red-net',
          v4IpAddress: '10.0.0.30',
          macAddress: '02:00:00:00:00:30',
        }),
      );
    expect(cluster.flow('10.0.0.30', '')).toMatchObject({
      client_pod: 'early',
      client_vpc: 'red',
      client_subnet: 'red-net',
    });
  });
});
