import { describe, expect, test } from 'vitest';
import { PacketDecoder } from '../decoder.ts';
import { Packet } from '../packet.ts';
import { be16, be32, ethernet, hex, ipv4, ipv6, join, tcp, udp, vlan } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';

const packet4 = ipv4(17, udp(1000, 53));
const flow = 'udp 10.0.0.1:1000 > 10.0.0.2:53';

describe('a VLAN tag', () => {
  test.each([0x8100, 0x88a8, 0x9100])('of type 0x%s gives the id without the priority', (type) => {
    const packet = decode(ethernet(type, vlan(0xa064, 0x0800, packet4)));
    expect(flowOf(packet)).toBe(flow);
    expect(packet.vlan).toBe(100);
  });

  test('inside another one counts: the id nearest to the packet', () => {
    const packet = decode(ethernet(0x88a8, vlan(200, 0x8100, vlan(100, 0x0800, packet4))));
    expect(flowOf(packet)).toBe(flow);
    expect(packet.vlan).toBe(100);
  });

  test('is forgotten with the next packet', () => {
    const packet = new Packet();
    const decoder = new PacketDecoder();
    for (const frame of [ethernet(0x8100, vlan(100, 0x0800, packet4)), ethernet(0x0800, packet4)]) {
      decoder.decode(packet, frame, 0, frame.length, frame.length, 0, 1);
    }
    expect(packet.vlan).toBe(0);
  });

  test('that repeats without end is given up', () => {
    const tags = Array.from({ length: 9 }, () => be16(1, 0x8100));
    expect(flowOf(decode(ethernet(0x8100, join(...tags, be16(1, 0x0800), packet4))))).toBe('drop too_deep');
  });
});

describe('a frame with a length instead of a type', () => {
  const snap = (organization: string, protocol: number) => join(hex(`aa aa 03 ${organization}`), be16(protocol));
  const framed = (llc: Uint8Array, content = packet4) => ethernet(llc.length + content.length, join(llc, content));

  test('has its EtherType behind LLC and SNAP (RFC 1042)', () => {
    expect(flowOf(decode(framed(snap('000000', 0x0800))))).toBe(flow);
    expect(flowOf(decode(framed(snap('0000f8', 0x0800))))).toBe(flow);
  });

  test('may carry IP by its access point', () => {
    expect(flowOf(decode(framed(hex('06 06 03'))))).toBe(flow);
  });

  test('may carry a bridged Ethernet frame (RFC 2684 5.2)', () => {
    expect(flowOf(decode(framed(join(snap('0080c2', 7), hex('0000')), ethernet(0x0800, packet4))))).toBe(flow);
  });

  test.each([
    ['spanning tree', hex('42 42 03 0000 00 00'), 'ether_type'],
    ['Cisco discovery', snap('00000c', 0x2000), 'ether_type'],
    ['protocol of another organization', snap('123456', 0x0800), 'ether_type'],
    ['supervisory frame', hex('04 04 01 00'), 'link_control'],
  ])('that is %s is counted', (_, llc, reason) => {
    expect(flowOf(decode(framed(llc)))).toBe(`drop ${reason}`);
  });
});

describe('a shim', () => {
  const inner = ethernet(0x0800, packet4);
  test.each([
    ['802.1ah I-tag', ethernet(0x88e7, join(be32(5), inner))],
    ['FabricPath', ethernet(0x8903, join(be16(0x0041), inner))],
    ['transparent Ethernet', ethernet(0x6558, inner)],
    ['E-tag', ethernet(0x893f, join(hex('000000000000'), be16(0x0800), packet4))],
    ['VN-tag', ethernet(0x8926, join(be32(0), be16(0x0800), packet4))],
    ['HSR tag', ethernet(0x892f, join(be32(0), be16(0x0800), packet4))],
    ['Arista time stamp of 64 bits', ethernet(0xd28b, join(hex('0001 0010'), hex('5ceeed57384f59c8 0800'), packet4))],
    ['Arista time stamp of 48 bits', ethernet(0xd28b, join(hex('0001 0020'), hex('ed57384f59c8 0800'), packet4))],
    ['MACsec without encryption', ethernet(0x88e5, join(hex('00 00 00000001 0800'), packet4))],
    ['MACsec with a channel id', ethernet(0x88e5, join(hex('20 00 00000001 0000000000000001 0800'), packet4))],
    ['NSH', ethernet(0x894f, join(hex('0fc6 0101 00000100'), hex('00'.repeat(16)), packet4))],
    ['MPLS', ethernet(0x8847, join(be32(0x00010040, 0x00011140), packet4))],
    ['MPLS pseudowire with control word', ethernet(0x8847, join(be32(0x00011140, 0), inner))],
    ['PPPoE', ethernet(0x8864, join(hex('11 00 0007'), be16(packet4.length + 2, 0x0021), packet4))],
  ])('%s is looked through', (_, frame) => {
    expect(flowOf(decode(frame))).toBe(flow);
  });
});

test.each([
  ['ARP', 0x0806, 'arp'],
  ['reverse ARP', 0x8035, 'arp'],
  ['LLDP', 0x88cc, 'ether_type'],
  ['PPPoE discovery', 0x8863, 'link_control'],
  ['encrypted MACsec', 0x88e5, 'encrypted'],
])('%s is counted by a reason of its own', (_, type, reason) => {
  expect(flowOf(decode(ethernet(type, hex('0c'.repeat(46)))))).toBe(`drop ${reason}`);
});

test('padding of a short frame is no payload', () => {
  const padded = join(ethernet(0x0800, ipv4(6, tcp())), new Uint8Array(6));
  const packet = decode(padded);
  expect(packet.payloadBytes).toBe(0);
  expect(packet.payloadEnd).toBe(54);
  expect(packet.frameBytes).toBe(60);
  const six = decode(join(ethernet(0x86dd, ipv6(17, udp(1, 2, hex('ff')))), new Uint8Array(9)));
  expect(six.payloadBytes).toBe(1);
});

test('padding behind the length of a PPPoE session is not looked at', () => {
  const session = join(hex('11 00 0007'), be16(2, 0x0021));
  expect(flowOf(decode(ethernet(0x8864, join(session, packet4))))).toBe('drop truncated');
});
