import { Tunnel, UDP } from '@flowloom/packet';
import { expect, test } from 'vitest';
import { Exchange, swapEnds } from './testing/exchange.ts';

/** Sends by the way that the side takes. */
function by(wire: Exchange, vlan: number, tunnelId?: number): Exchange {
  const tunnel = !tunnelId ? { tunnelType: 0, tunnelTier: 0 } : { tunnelType: Tunnel.geneve, tunnelTier: 1 };
  Object.assign(wire.packet, { vlan, tunnelId: tunnelId ?? 0, ...tunnel });
  return wire;
}

const ends = (wire: Exchange) => {
  wire.table.flush();
  return wire.sums().map((flow) => [flow.packets_tx, flow.packets_rx, flow.close_type]);
};

type Way = [vlan: number, tunnelId: number];
const ways: [how: string, there: Way, back: Way][] = [
  ['two VLANs', [300, 0], [50, 0]],
  ['a VLAN tag in one direction', [3875, 0], [0, 0]],
  ['no VLAN tag in the first direction', [0, 0], [500, 0]],
  ['two tunnel ids', [0, 11], [0, 12]],
  ['a tunnel in one direction', [0, 11], [0, 0]],
];

test.each(ways)('a connection by %s is one flow', (_, there, back) => {
  const wire = new Exchange();
  by(wire, ...there).client('S');
  by(wire, ...back).server('SA');
  by(wire, ...there)
    .client('A')
    .client('PA', { len: 10 });
  by(wire, ...back)
    .server('PA', { len: 20 })
    .server('FA');
  by(wire, ...there).client('FA');
  by(wire, ...back)
    .server('A')
    .wait(1);
  expect(ends(wire)).toEqual([[4, 4, 'normal']]);
});

test('so is one whose beginning was not captured, where the acknowledgement number fits', () => {
  const wire = new Exchange();
  by(wire, 300).client('PA', { len: 10 });
  by(wire, 50).server('PA', { len: 10 }).server('PA', { len: 10 });
  expect(ends(wire)).toEqual([[1, 2, 'periodic']]);
});

test('the same ends in two networks are two flows', () => {
  const wire = new Exchange();
  for (const vlan of [1, 2])
    by(wire, vlan)
      .sequences(vlan * 1e6, vlan * 2e8)
      .client('S');
  for (const vlan of [1, 2]) by(wire, vlan).server('SA', { seq: vlan * 2e8, ack: vlan * 1e6 + 1 });
  for (const vlan of [1, 2]) by(wire, vlan).client('A', { seq: vlan * 1e6 + 1, ack: vlan * 2e8 + 1 });
  expect(ends(wire)).toEqual([
    [2, 1, 'periodic'],
    [2, 1, 'periodic'],
  ]);
});

test('an acknowledgement of something else is of another network', () => {
  const wire = new Exchange();
  by(wire, 1).client('S');
  by(wire, 2).server('SA', { ack: 900_000_000 });
  expect(ends(wire)).toHaveLength(2);
});

test('a third way is not the flow’s', () => {
  const wire = new Exchange();
  by(wire, 1).client('S');
  by(wire, 2).server('SA');
  by(wire, 3).server('A');
  expect(ends(wire)).toEqual([
    [1, 1, 'client_ack_missing'],
    [0, 1, 'periodic'],
  ]);
});

test('a datagram is answered by another way', () => {
  const wire = new Exchange().client('S');
  const { packet } = wire;
  Object.assign(packet, { protocol: UDP, srcPort: 40_000, dstPort: 53, tcpFlags: 0 });
  by(wire, 7).update();
  swapEnds(packet);
  by(wire, 8).update();
  wire.table.flush();
  expect(wire.sums().filter(({ protocol }) => protocol === 'udp')).toMatchObject([{ packets_tx: 1, packets_rx: 1 }]);
});

test('a flow that has ended, or whose record is another’s by now, is not found', () => {
  const wire = new Exchange({ capacity: 16 });
  by(wire, 1).client('S').wait(7);
  by(wire, 2).server('SA');
  for (let i = 0; i < 40; i++) {
    wire.clientPort = 1000 + i;
    by(wire, 3).sequences(i, i).client('S');
  }
  wire.clientPort = 1000;
  by(wire, 4).server('SA', { ack: 1 });
  wire.table.flush();
  expect(wire.sums().filter(({ packets_tx, packets_rx }) => packets_tx > 0 && packets_rx > 0)).toEqual([]);
});

test('logical ports of OVN are those of the first packet, as sender and receiver, whoever is the client', () => {
  const withPorts = (wire: Exchange, ovnIngressKey: number, ovnEgressKey: number) =>
    Object.assign(by(wire, 0, 7).packet, { ovnIngressKey, ovnEgressKey });
  const rowOf = (wire: Exchange) => {
    wire.table.flush();
    return wire.sums()[0];
  };
  const opened = new Exchange();
  withPorts(opened, 3, 0x8001);
  opened.client('S');
  withPorts(opened, 4, 3);
  opened.server('SA').client('A');
  expect(rowOf(opened)).toMatchObject({ tunnel_id: 7, ovn_client_port: 3, ovn_server_port: 0x8001 });

  // The answer is seen first.
  const answered = new Exchange();
  withPorts(answered, 4, 3);
  answered.server('SA');
  expect(rowOf(answered)).toMatchObject({ ovn_client_port: 3, ovn_server_port: 4 });

  const otherTunnel = new Exchange();
  withPorts(otherTunnel, 4, 3);
  Object.assign(otherTunnel.packet, { tunnelType: Tunnel.vxlan });
  otherTunnel.client('S');
  expect(rowOf(otherTunnel).ovn_client_port).toBeUndefined();
});
