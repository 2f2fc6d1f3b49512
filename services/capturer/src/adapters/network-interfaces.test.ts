import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type os from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neighbours } from './neighbours.ts';
import { networkInterfaces } from './network-interfaces.ts';

let root: string;
const sys = () => join(root, 'sys');
const proc = () => join(root, 'proc');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flowloom-interfaces-'));
  mkdirSync(proc());
});
afterEach(() => rmSync(root, { recursive: true }));

interface Fake {
  peer?: number;
  type?: number;
  flags?: string;
  devtype?: string;
  folders?: string[];
  files?: string[];
}

function link(name: string, index: number, fake: Fake = {}): void {
  const folder = join(sys(), name);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: unknown) => writeFileSync(join(folder, file), `${text}\n`);
  write('ifindex', index);
  write('iflink', fake.peer ?? index);
  write('type', fake.type ?? 1);
  write('flags', fake.flags ?? '0x1003');
  write('address', `02:00:00:00:00:${String(index).padStart(2, '0')}`);
  write('uevent', `${fake.devtype ? `DEVTYPE=${fake.devtype}\n` : ''}INTERFACE=${name}\nIFINDEX=${index}`);
  for (const inner of fake.folders ?? []) mkdirSync(join(folder, inner), { recursive: true });
  for (const file of fake.files ?? []) write(file, '');
}

function found(addresses: Record<string, string[]> = {}) {
  const system = {
    networkInterfaces: () =>
      Object.fromEntries(
        Object.entries(addresses).map(([name, cidrs]) => [
          name,
          cidrs.map((cidr) => ({ address: cidr.split('/')[0], cidr })),
        ]),
      ),
  };
  return networkInterfaces(sys(), proc(), system as unknown as typeof os);
}

const towardsEnds = (addresses?: Record<string, string[]>) =>
  found(addresses)
    .filter(({ leadsToEnd }) => leadsToEnd)
    .map(({ name }) => name);

describe('networkInterfaces', () => {
  it('tells index, name, MAC address, addresses and kind of link, in the order of indices', () => {
    link('eth0', 2, { folders: ['device'] });
    link('lo', 1, { type: 772 });
    writeFileSync(join(sys(), 'bonding_masters'), '');
    expect(found({ eth0: ['192.0.2.1/24'] })).toEqual([
      { index: 1, name: 'lo', mac: 0x020000000001, addresses: [], hardwareType: 772, leadsToEnd: false },
      { index: 2, name: 'eth0', mac: 0x020000000002, addresses: ['192.0.2.1'], hardwareType: 1, leadsToEnd: false },
    ]);
  });

  it('finds the veths of pods and the taps of virtual machines', () => {
    link('eth0', 2, { folders: ['device'] });
    link('veth1', 3, { peer: 2 });
    link('cali2', 4, { peer: 4 });
    link('tap0', 5, { files: ['tun_flags'] });
    link('cni0', 6, { devtype: 'bridge' });
    link('flannel.1', 7, { devtype: 'vxlan', peer: 2 });
    link('dummy0', 8, { flags: '0x82' });
    link('tun0', 9, { type: 65_534, files: ['tun_flags'] });
    expect(towardsEnds()).toEqual(['veth1', 'cali2', 'tap0']);
  });

  it('takes a veth pair inside the host for neither', () => {
    link('a', 2, { peer: 3 });
    link('b', 3, { peer: 2 });
    expect(towardsEnds()).toEqual([]);
  });

  it("takes a pod's own veth for an uplink: it has a network, or a default route", () => {
    link('eth0', 2, { peer: 9 });
    link('eth1', 3, { peer: 9 });
    link('eth2', 4, { peer: 9 });
    link('ptp0', 5, { peer: 9 });
    const route = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
    writeFileSync(join(proc(), 'route'), `${route}eth1\t00000000\t0101FEA9\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`);
    const zero = '0'.repeat(32);
    writeFileSync(
      join(proc(), 'ipv6_route'),
      `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth2\n`,
    );
    const gateway = ['10.244.0.1/32', 'fe80::1/64', '169.254.1.1/16'];
    expect(towardsEnds({ eth0: ['10.244.0.5/24'], eth1: ['10.244.0.6/32'], ptp0: gateway })).toEqual(['ptp0']);
  });
});

describe('neighbours', () => {
  it('gives those behind interfaces of pods, and behind bridges that have no other ports', () => {
    link('eth0', 2, { folders: ['device'] });
    link('cali1', 3, { peer: 9 });
    link('veth2', 4, { peer: 9 });
    link('cni0', 5, { devtype: 'bridge', folders: ['brif/veth2'] });
    link('br0', 6, { devtype: 'bridge', folders: ['brif/veth2', 'brif/eth0'] });
    const rows = [
      ['192.0.2.7', '0x2', 'aa:00:00:00:00:07', 'eth0'],
      ['10.244.0.1', '0x2', 'aa:00:00:00:00:01', 'cali1'],
      ['10.244.0.2', '0x2', 'aa:00:00:00:00:02', 'cni0'],
      ['10.244.0.3', '0x0', '00:00:00:00:00:00', 'cni0'],
      ['10.244.0.4', '0x2', 'aa:00:00:00:00:04', 'br0'],
    ].map(([address, flags, mac, device]) => `${address.padEnd(16)} 0x1  ${flags}  ${mac}     *        ${device}`);
    writeFileSync(join(proc(), 'arp'), ['IP address HW type Flags HW address Mask Device', ...rows, ''].join('\n'));
    expect(neighbours(found(), proc(), sys())).toEqual([
      { address: '10.244.0.1', mac: 0xaa0000000001 },
      { address: '10.244.0.2', mac: 0xaa0000000002 },
    ]);
  });
});
