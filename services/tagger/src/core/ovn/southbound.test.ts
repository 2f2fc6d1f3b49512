import { describe, expect, it } from 'vitest';
import { Cluster, metadata, podObject, startUs } from '../../testing/cluster.ts';
import { Southbound } from './southbound.ts';

const map = (entries: Record<string, string>) => ['map', Object.entries(entries)];
const datapath = (key: number, ids: Record<string, string>) => ({ new: { tunnel_key: key, external_ids: map(ids) } });
const port = (key: number, network: string, pod: string, type = '') => ({
  new: {
    tunnel_key: key,
    datapath: ['uuid', network],
    type,
    external_ids: map(pod ? { pod, vendor: 'kube-ovn' } : {}),
  },
});
const rows = {
  Datapath_Binding: {
    d1: datapath(7, { 'logical-switch': 'x', name: 'red-net' }),
    d2: datapath(9, { 'logical-router': 'y', name: 'red' }),
  },
  Port_Binding: { p1: port(3, 'd1', 'shop/vm-1'), p2: port(1, 'd1', '', 'patch') },
};

/** Two pods of a subnet with one address between them that moves: a virtual address that both may bear. */
function cluster() {
  const ovn = (mac: string) => ({
    'ovn.kubernetes.io/logical_router': 'red',
    'ovn.kubernetes.io/logical_switch': 'red-net',
    'ovn.kubernetes.io/ip_address': '10.1.0.2',
    'ovn.kubernetes.io/mac_address': mac,
  });
  return new Cluster()
    .put('kubeovn.io/vpcs', { metadata: metadata('red'), spec: {} })
    .put('kubeovn.io/subnets', { metadata: metadata('red-net'), spec: { vpc: 'red', cidrBlock: '10.1.0.0/24' } })
    .put('kubeovn.io/subnets', { metadata: metadata('blue-net'), spec: { vpc: 'blue', cidrBlock: '10.1.0.0/24' } })
    .put('pods', podObject('vm-1', '10.1.0.2', { metadata: { annotations: ovn('02:00:00:00:00:01') } }))
    .put('pods', podObject('vm-2', '10.1.0.2', { metadata: { annotations: ovn('02:00:00:00:00:02') } }));
}
function follow({ state }: Cluster): Southbound {
  return new Southbound({
    put: (object) => state.put(object, startUs),
    removed: (uid) => state.remove(uid, startUs),
  });
}
const inTunnel = { tunnel_type: 'geneve', tunnel_id: 7 };

describe('the keys of OVN', () => {
  it('tell the subnet of a virtual network, and of several holders of an address the pod at the logical port', () => {
    const all = cluster();
    expect(all.flow('10.1.0.2', '10.1.0.77', inTunnel).tag_state).toBe('ambiguous');
    follow(all).all(rows);
    const row = { ...inTunnel, ovn_client_port: 3 };
    expect(all.flow('10.1.0.2', '10.1.0.77', row)).toMatchObject({
      client_pod: 'vm-1',
      client_vpc: 'red',
      client_subnet: 'red-net',
      server_vpc: 'red',
      server_subnet: 'red-net',
      tag_state: 'fresh',
    });
    expect(all.flow('10.1.0.2', '10.1.0.77', inTunnel)).toMatchObject({ client_vpc: 'red', tag_state: 'ambiguous' });
    // An address that is nobody's own, at the port of a pod.
    expect(all.flow('10.1.0.77', '10.1.0.99', row)).toMatchObject({ client_pod: 'vm-1', client_subnet: 'red-net' });
    // The network of a router is its VPC's.
    expect(all.flow('10.1.0.77', '', { ...inTunnel, tunnel_id: 9 })).toMatchObject({ client_vpc: 'red' });
  });

  it('follow changes, and what is not there after a new beginning is gone', () => {
    const all = cluster();
    const southbound = follow(all);
    southbound.all(rows);
    const podAt = (ovn_client_port: number) => all.flow('10.1.0.2', '', { ...inTunnel, ovn_client_port }).client_pod;
    expect([podAt(3), podAt(4)]).toEqual(['vm-1', undefined]);
    southbound.update({ Port_Binding: { p3: port(4, 'd1', 'shop/vm-2') } });
    expect([podAt(3), podAt(4)]).toEqual(['vm-1', 'vm-2']);
    southbound.all({ Datapath_Binding: rows.Datapath_Binding, Port_Binding: { p3: port(4, 'd1', 'shop/vm-2') } });
    expect([podAt(3), podAt(4)]).toEqual([undefined, 'vm-2']);
    southbound.update({ Port_Binding: { p3: { old: {} } } });
    expect(podAt(4)).toBeUndefined();
  });

  it('are passed over where rows are not as they should be', () => {
    const all = cluster();
    const southbound = follow(all);
    for (const updates of [
      undefined,
      [],
      7,
      { Port_Binding: [] },
      { Port_Binding: { p: { new: { tunnel_key: 'x' } } } },
    ]) {
      southbound.all(updates);
    }
    southbound.all({ Port_Binding: { p: port(3, 'absent', 'shop/vm-1') }, Datapath_Binding: { d: { new: [] } } });
    expect(all.flow('10.1.0.2', '', { ...inTunnel, ovn_client_port: 3 }).client_pod).toBeUndefined();
  });
});
