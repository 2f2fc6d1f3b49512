import { parseIp } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { HostAddresses } from './host-addresses.ts';

const words = (address: string): Uint32Array => {
  const parsed = new Uint32Array(4);
  parseIp(address, parsed, 0);
  return parsed;
};

const eth0 = { index: 2, name: 'eth0', mac: 0x0a, addresses: ['192.0.2.1', '2001:db8::1'], hardwareType: 1 };
const veth = { index: 3, name: 'veth1', mac: 0x0b, addresses: [], hardwareType: 1 };
const pod = { address: '10.244.0.5', mac: 0x0c };

function host(): HostAddresses {
  const addresses = new HostAddresses();
  addresses.update(
    [
      { ...eth0, leadsToEnd: false },
      { ...veth, leadsToEnd: true },
    ],
    [pod],
  );
  return addresses;
}

describe('HostAddresses', () => {
  it('knows the ends of its own interfaces by MAC and address together, also over IPv6', () => {
    expect(host().isSegmentEnd(0x0a, words('192.0.2.1'), 0)).toBe(true);
    expect(host().isSegmentEnd(0x0a, words('2001:db8::1'), 0)).toBe(true);
    expect(host().isSegmentEnd(0x0b, words('192.0.2.1'), 0)).toBe(false);
    expect(host().isSegmentEnd(0x0a, words('192.0.2.2'), 0)).toBe(false);
  });

  it('counts pods on it as local, but not as ends of an interface of its own', () => {
    const { mac, address } = pod;
    expect([host().isLocalMac(mac), host().isLocalAddress(words(address), 0)]).toEqual([true, true]);
    expect([host().isSegmentMac(mac), host().isSegmentEnd(mac, words(address), 0)]).toEqual([false, false]);
  });

  it('forgets what is no longer there', () => {
    const addresses = host();
    addresses.update([], []);
    expect([addresses.isLocalMac(0x0a), addresses.isLocalAddress(words('192.0.2.1'), 0)]).toEqual([false, false]);
  });

  it('takes an interface without a MAC address for nobody', () => {
    const addresses = new HostAddresses();
    addresses.update([{ ...eth0, mac: 0, leadsToEnd: false }], []);
    expect([addresses.isLocalMac(0), addresses.isSegmentMac(0)]).toEqual([false, false]);
  });
});
