import { Drop, Packet, TCP } from '@flowloom/packet';
import { describe, expect, it } from 'vitest';
import type { CaptureInterface, Ownership } from './interface.ts';
import { Exchange } from './testing/exchange.ts';

const IN = 1;
const OUT = 2;
const ownMac = 0x02_00_00_00_00_01;
const podMac = 0x02_00_00_00_00_02;
const ownAddress = 0x0a000001;

/** A host 10.0.0.1 that has one interface. */
const ownership: Ownership = {
  isLocalMac: (mac) => mac === ownMac,
  isLocalAddress: (words, offset) => words[offset + 3] === ownAddress,
  isSegmentMac: (mac) => mac === ownMac,
  isSegmentEnd: (mac, words, offset) => mac === ownMac && words[offset + 3] === ownAddress,
};
const onNode = { kind: 'node', ownership } as const;
const veth = { ...onNode, leadsToEnd: true };

interface Seen {
  direction?: number;
  src?: number;
  dst?: number;
  srcMac?: number;
  dstMac?: number;
}

/** Observation point of a flow that begins with a SYN from `src`. */
function pointOf(site: Partial<CaptureInterface>, seen: Seen): string {
  const wire = new Exchange({}, site);
  const { packet } = wire;
  Object.assign(packet, new Packet(), { addresses: packet.addresses, tunnelAddresses: packet.tunnelAddresses });
  packet.drop = Drop.none;
  packet.ipVersion = 4;
  packet.protocol = TCP;
  packet.addresses.set([0, 0, 0xffff, seen.src ?? 0x0a000101, 0, 0, 0xffff, seen.dst ?? 0x0a000102]);
  packet.srcPort = 40_000;
  packet.dstPort = 80;
  packet.tcpFlags = 2;
  packet.direction = seen.direction ?? 0;
  packet.srcMac = seen.srcMac ?? podMac;
  packet.dstMac = seen.dstMac ?? ownMac;
  wire.update();
  return wire.finish().observation_point;
}

describe('observation point of a new flow', () => {
  it('is c where the client is the pod behind the interface, s where the server is, by the way packets take', () => {
    expect(pointOf(veth, { direction: IN })).toBe('c');
    expect(pointOf(veth, { direction: OUT })).toBe('s');
  });

  it('is s for a pod that its own host asks', () => {
    expect(pointOf(veth, { direction: OUT, src: ownAddress, srcMac: ownMac, dstMac: podMac })).toBe('s');
  });

  it('is rest where a group is addressed: the pod behind the interface is one of many', () => {
    expect(pointOf(veth, { direction: OUT, dstMac: 0x33_33_00_00_00_16 })).toBe('rest');
  });

  it('is c where a process of the host asks over an uplink, s where it answers', () => {
    expect(pointOf(onNode, { direction: OUT, src: ownAddress, srcMac: ownMac, dstMac: 0x0200000000ff })).toBe('c');
    expect(pointOf(onNode, { direction: IN, dst: ownAddress, srcMac: 0x0200000000ff })).toBe('s');
  });

  it('is local where both ends have one MAC address, or none and one host', () => {
    const loopback = 0x7f000001;
    const none = { srcMac: 0, dstMac: 0 };
    expect(pointOf(onNode, { srcMac: ownMac, dstMac: ownMac })).toBe('local');
    expect(pointOf({}, { ...none, src: loopback, dst: 0x7f000035 })).toBe('local');
    expect(pointOf({}, { ...none, src: 0x0a000001, dst: 0x0a000001 })).toBe('local');
    expect(pointOf(onNode, { ...none, src: ownAddress, dst: ownAddress })).toBe('local');
  });

  it('is rest on links without MAC addresses between different hosts', () => {
    expect(pointOf({}, { srcMac: 0, dstMac: 0 })).toBe('rest');
    expect(pointOf(onNode, { srcMac: 0, dstMac: 0 })).toBe('rest');
  });
});
