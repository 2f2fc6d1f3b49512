import { describe, expect, test } from 'vitest';
import { be32, ethernet, hex, ipv4, ipv6, join, tcp, udp, vlan, vxlan } from '../testing/build.ts';
import { decode, flowOf, tunnelOf } from '../testing/decode.ts';
import { tunnelNames } from '../tunnel.ts';
import type { TunnelName } from './tunnel-options.ts';

const inner = { src: 0xc0a80001, dst: 0xc0a80002 };
const packet4 = ipv4(6, tcp(hex('01')), inner);
const packet6 = ipv6(6, tcp(hex('01')));
const frame4 = ethernet(0x0800, packet4);
const flow4 = 'tcp 192.168.0.1:40000 > 192.168.0.2:80';
const flow6 = 'tcp [2001:db8::1]:40000 > [2001:db8::2]:80';

const over4 = (protocol: number, payload: Uint8Array) => ethernet(0x0800, ipv4(protocol, payload));
const over6 = (protocol: number, payload: Uint8Array) => ethernet(0x86dd, ipv6(protocol, payload));
const overUdp = (port: number, payload: Uint8Array) => over4(17, udp(50_000, port, payload));
const ends = '10.0.0.1 > 10.0.0.2 tier 1';
const grePacket = (header: string, payload: Uint8Array) => over4(47, join(hex(header), payload));

/** Headers as their specifications draw them; the modules name the sections. */
const tunnels: [name: string, frame: Uint8Array, flow: string, tunnel: string][] = [
  ['VXLAN', overUdp(4789, join(hex('08000000 00000500'), frame4)), flow4, `vxlan 5 ${ends}`],
  ['VXLAN at Linux’s port', overUdp(8472, join(hex('08000000 ffffff00'), frame4)), flow4, `vxlan 16777215 ${ends}`],
  ['VXLAN-GPE with IPv4', overUdp(4790, join(hex('0c000001 00000500'), packet4)), flow4, `vxlan_gpe 5 ${ends}`],
  ['VXLAN-GPE with IPv6', overUdp(4790, join(hex('0c000002 00000500'), packet6)), flow6, `vxlan_gpe 5 ${ends}`],
  ['VXLAN-GPE with Ethernet', overUdp(4790, join(hex('0c000003 00000500'), frame4)), flow4, `vxlan_gpe 5 ${ends}`],
  [
    'VXLAN-GPE with NSH',
    overUdp(4790, join(hex('0c000004 00000500 0fc20201 00000100'), packet4)),
    flow4,
    `vxlan_gpe 5 ${ends}`,
  ],
  ['Geneve', overUdp(6081, join(hex('00006558 00000500'), frame4)), flow4, `geneve 5 ${ends}`],
  ['Geneve with IPv6', overUdp(6081, join(hex('000086dd 00000500'), packet6)), flow6, `geneve 5 ${ends}`],
  ['GRE', grePacket('00000800', packet4), flow4, `gre 0 ${ends}`],
  ['GRE with key', grePacket('20000800 00000007', packet4), flow4, `gre 7 ${ends}`],
  [
    'GRE with checksum, key and sequence',
    grePacket('b0000800 12340000 00000007 00000001', packet4),
    flow4,
    `gre 7 ${ends}`,
  ],
  ['GRE with Ethernet', grePacket('20006558 00000007', frame4), flow4, `gre 7 ${ends}`],
  ['GRE with IPv6', grePacket('000086dd', packet6), flow6, `gre 0 ${ends}`],
  ['GRE with MPLS', grePacket('00008847 00011140', packet4), flow4, `gre 0 ${ends}`],
  ['GRE with a WCCP redirect', grePacket('0000883e 01000000', packet4), flow4, `gre 0 ${ends}`],
  ['GRE of PPTP', grePacket('3081880b 00200007 00000001 00000002 ff030021', packet4), flow4, `gre 7 ${ends}`],
  ['GRE over UDP', overUdp(4754, join(hex('00000800'), packet4)), flow4, `gre 0 ${ends}`],
  [
    'GRE with 802.11 of an access point',
    grePacket('00008200 08010000 020000000003 020000000001 020000000002 0000 aaaa03000000 0800', packet4),
    flow4,
    `gre 0 ${ends}`,
  ],
  ['NVGRE', grePacket('20006558 00123401', frame4), flow4, `nvgre ${0x1234} ${ends}`],
  ['ERSPAN I', grePacket('000088be', frame4), flow4, `erspan 0 ${ends}`],
  ['ERSPAN II', grePacket('100088be 00000001 1064 0005 00000000', frame4), flow4, `erspan 5 ${ends}`],
  ['ERSPAN III', grePacket('100022eb 00000001 2064 0005 00000000 0000 0000', frame4), flow4, `erspan 5 ${ends}`],
  [
    'ERSPAN III with a subheader',
    grePacket('100022eb 00000001 2064 0005 00000000 0000 0001 0000000000000000', frame4),
    flow4,
    `erspan 5 ${ends}`,
  ],
  [
    'ERSPAN III with IP',
    grePacket('100022eb 00000001 2064 0005 00000000 0000 0800', packet4),
    flow4,
    `erspan 5 ${ends}`,
  ],
  ['IPv4 in IPv4', over4(4, packet4), flow4, `ipip 0 ${ends}`],
  ['IPv6 in IPv4', over4(41, packet6), flow6, `6in4 0 ${ends}`],
  ['IPv4 in IPv6', over6(4, packet4), flow4, '4in6 0 [2001:db8::1] > [2001:db8::2] tier 1'],
  ['IPv6 in IPv6', over6(41, packet6), flow6, '6in6 0 [2001:db8::1] > [2001:db8::2] tier 1'],
  ['GRE in IPv6', over6(47, join(hex('00000800'), packet4)), flow4, 'gre 0 [2001:db8::1] > [2001:db8::2] tier 1'],
  ['GTP-U', overUdp(2152, join(hex('30ff0029 00000009'), packet4)), flow4, `gtp 9 ${ends}`],
  ['GTP-U with sequence', overUdp(2152, join(hex('32ff002d 00000009 00010000'), packet4)), flow4, `gtp 9 ${ends}`],
  [
    'GTP-U with an extension header',
    overUdp(2152, join(hex('34ff0031 00000009 00000085 01100500'), packet6)),
    flow6,
    `gtp 9 ${ends}`,
  ],
  ['L2TP', overUdp(1701, join(hex('0002 0001 0009 ff030021'), packet4)), flow4, `l2tp 9 ${ends}`],
  [
    'L2TP with length, sequence and offset',
    overUdp(1701, join(hex('4a02 0040 0001 0009 00000000 0002 0000 ff030021'), packet4)),
    flow4,
    `l2tp 9 ${ends}`,
  ],
  [
    'L2TP answered to',
    over4(17, udp(1701, 50_000, join(hex('0002 0001 0009 0021'), packet4))),
    flow4,
    `l2tp 9 ${ends}`,
  ],
  ['L2TP version 3 over IP', over4(115, join(hex('00000009'), frame4)), flow4, `l2tp 9 ${ends}`],
  ['L2TP version 3 with a cookie', over4(115, join(hex('00000009 0102030405060708'), frame4)), flow4, `l2tp 9 ${ends}`],
  ['L2TP version 3 over UDP', overUdp(1701, join(hex('00030000 00000009'), frame4)), flow4, `l2tp 9 ${ends}`],
  ['MPLS over UDP', overUdp(6635, join(hex('00011140'), packet4)), flow4, `mpls 17 ${ends}`],
  ['MPLS over IP', over4(137, join(hex('00011140'), packet4)), flow4, `mpls 17 ${ends}`],
  ['STT', stt(0, frame4), flow4, `stt 5 ${ends}`],
  ['Teredo', overUdp(3544, teredo6()), 'icmp6 [2001::1] > [2001:db8::2]', `teredo 0 ${ends}`],
  [
    'Teredo with authentication and origin',
    overUdp(3544, join(hex('0001 00 00 0000000000000000 00 0000 f2a1 f5fffffe'), teredo6())),
    'icmp6 [2001::1] > [2001:db8::2]',
    `teredo 0 ${ends}`,
  ],
];

function stt(offset: number, payload: Uint8Array): Uint8Array {
  const header = join(hex('00 00 00 00 0000 0000 00000000 00000005 0000'), payload);
  return over4(6, tcp(header, { dst: 7471, seq: header.length * 0x1_0000 + offset }));
}

function teredo6(): Uint8Array {
  const bytes = ipv6(58, hex('80000000 00010001'));
  bytes.set(hex('20010000 00000000 00000000 00000001'), 8);
  return bytes;
}

describe('a tunnel', () => {
  test.each(tunnels)('%s is opened', (_, frame, flow, tunnel) => {
    const packet = decode(frame);
    expect(flowOf(packet)).toBe(flow);
    expect(tunnelOf(packet)).toBe(tunnel);
  });

  test.each(tunnels)('%s cut anywhere is the outer flow, the inner one or a counted packet', (_, frame) => {
    const whole = flowOf(decode(frame));
    const outer = /^(udp|tcp|\d+) (10\.0\.0\.1|\[2001:db8::1\])/;
    for (let captured = 0; captured < frame.length; captured++) {
      const flow = flowOf(decode(frame, { captured }));
      expect(flow === 'drop truncated' || outer.test(flow) || sameEnds(flow, whole), `${captured}: ${flow}`).toBe(true);
    }
  });

  test('keeps the outer VLAN where the inner frame has none, and gives the inner MAC addresses', () => {
    const outer = vlan(100, 0x0800, ipv4(17, vxlan(5, join(hex('0a0000000002 0a0000000001 0800'), packet4))));
    expect(decode(ethernet(0x8100, outer))).toMatchObject({
      vlan: 100,
      srcMac: 0x0a0000000001,
      dstMac: 0x0a0000000002,
    });
    const both = vlan(100, 0x0800, ipv4(17, vxlan(5, ethernet(0x8100, vlan(7, 0x0800, packet4)))));
    expect(decode(ethernet(0x8100, both)).vlan).toBe(7);
  });

  test('in a tunnel counts as a tier; the outermost is told', () => {
    const packet = decode(over4(4, ipv4(17, vxlan(5, ethernet(0x0800, ipv4(47, join(hex('00000800'), packet4)))))));
    expect(flowOf(packet)).toBe(flow4);
    expect(tunnelOf(packet)).toBe('ipip 0 10.0.0.1 > 10.0.0.2 tier 3');
  });

  test('is not opened deeper than eight times', () => {
    let packet = packet4;
    for (let i = 0; i < 12; i++) packet = ipv4(4, packet);
    expect(decode(ethernet(0x0800, packet))).toMatchObject({ tunnelTier: 8, protocol: 4, drop: 0 });
  });

  test('that a mirroring switch cut keeps the lengths of the inner headers', () => {
    const long = ethernet(0x0800, ipv4(6, tcp(new Uint8Array(1000)), inner));
    const packet = decode(grePacket('100088be 00000001 1064 0005 00000000', long.subarray(0, 64)));
    expect(packet).toMatchObject({ payloadBytes: 1000, l3Bytes: 1040, seq: 1 });
  });
});

function sameEnds(flow: string, whole: string): boolean {
  const strip = (text: string) => text.replaceAll(/:\d+(?= |$)/g, '').replaceAll(/[[\]]/g, '');
  return strip(flow) === strip(whole);
}

describe('OVN’s Geneve option', () => {
  const geneve = (options: string) =>
    decode(overUdp(6081, join(Uint8Array.of(hex(options).length / 4, 0), hex('6558 00000500'), hex(options), frame4)));

  test('gives the logical ports', () => {
    expect(geneve('0102 80 01 0003 8001')).toMatchObject({ ovnIngressKey: 3, ovnEgressKey: 0x8001, protocol: 6 });
  });
  test('is found behind others', () => {
    expect(geneve('0103 01 02 0000000000000000 0102 80 01 7fff 0002')).toMatchObject({
      ovnIngressKey: 0x7fff,
      ovnEgressKey: 2,
    });
  });
  test('is absent where class, type or length differ', () => {
    for (const option of ['0103 80 01', '0102 00 01', '0102 80 00']) {
      expect(geneve(`${option} 0003 8001`)).toMatchObject({ ovnIngressKey: 0, ovnEgressKey: 0 });
    }
  });
});

describe('a bogus inner packet leaves the outer flow as it was:', () => {
  const outer = (port: number) => `udp 10.0.0.1:50000 > 10.0.0.2:${port}`;
  test.each([
    ['VXLAN without its flag', overUdp(4789, join(hex('00000000 00000500'), frame4)), outer(4789)],
    ['VXLAN with a frame of noise', overUdp(4789, hex(`08000000 00000500 ${'5a'.repeat(40)}`)), outer(4789)],
    [
      'VXLAN with ARP',
      overUdp(4789, join(hex('08000000 00000500'), ethernet(0x0806, new Uint8Array(28)))),
      outer(4789),
    ],
    ['Geneve of version 1', overUdp(6081, join(hex('40006558 00000500'), frame4)), outer(6081)],
    ['Geneve with options past its end', overUdp(6081, hex('3f006558 00000500 00000000')), outer(6081)],
    ['GTP that is no user packet', overUdp(2152, hex('3001 0000 00000000 45000000')), outer(2152)],
    [
      'GTP with an extension of no length',
      overUdp(2152, join(hex('34ff0031 00000009 00000085 00'), packet4)),
      outer(2152),
    ],
    ['L2TP control', overUdp(1701, hex('c802 000c 0001 0000 0000 0000')), outer(1701)],
    ['Teredo between other addresses', overUdp(3544, packet6), outer(3544)],
    ['IP in IP with another version', over4(4, packet6), '4 10.0.0.1 > 10.0.0.2'],
    ['GRE of version 2', grePacket('00020800', packet4), '47 10.0.0.1 > 10.0.0.2'],
    ['GRE with nothing in it', grePacket('00000800', hex('')), '47 10.0.0.1 > 10.0.0.2'],
    ['GRE with an unknown protocol', grePacket('00001234', packet4), '47 10.0.0.1 > 10.0.0.2'],
    [
      'ERSPAN III with an unknown frame',
      grePacket('100022eb 00000001 2064 0005 00000000 0000 1c00', frame4),
      '47 10.0.0.1 > 10.0.0.2',
    ],
    ['L2TP version 3 control', over4(115, join(hex('00000000'), frame4)), '115 10.0.0.1 > 10.0.0.2'],
    ['STT’s later segment', stt(1448, frame4), 'tcp 10.0.0.1:40000 > 10.0.0.2:7471'],
  ])('%s', (_, frame, flow) => {
    const packet = decode(frame);
    expect(flowOf(packet)).toBe(flow);
    expect(tunnelOf(packet)).toBe('none');
    expect(packet.laterFragment).toBe(false);
  });

  test('of two tunnels, only the inner one is given up', () => {
    const packet = decode(over4(4, ipv4(17, udp(50_000, 4789, hex(`08000000 00000500 ${'5a'.repeat(40)}`)), inner)));
    expect(flowOf(packet)).toBe('udp 192.168.0.1:50000 > 192.168.0.2:4789');
    expect(tunnelOf(packet)).toBe(`ipip 0 ${ends}`);
  });

  test('a first fragment around it is counted once', () => {
    const outer4 = ipv4(17, udp(50_000, 4789, hex(`08000000 00000500 ${'5a'.repeat(40)}`)), {
      id: 3,
      fragment: 0x2000,
    });
    expect(flowOf(decode(ethernet(0x0800, outer4)))).toBe(outer(4789));
  });
});

describe('options', () => {
  test.each(tunnels)('close %s by its name: the packet is of the outer flow', (_, frame, _flow, tunnel) => {
    const [name] = tunnel.split(' ') as [TunnelName];
    const packet = decode(frame, { options: { tunnels: { closed: [name] } } });
    expect(tunnelOf(packet)).toBe('none');
    expect(flowOf(packet)).toMatch(/^(udp|tcp|\d+) (10\.0\.0\.1|\[2001:db8::1\])/);
    expect(packet.frameBytes).toBe(frame.length);
  });

  test('close every tunnel that there is', () => {
    const opened = new Set(tunnels.map(([, , , tunnel]) => tunnel.split(' ')[0]));
    expect(tunnelNames.slice(1).filter((name) => !opened.has(name))).toEqual([]);
  });

  test('move a tunnel to other ports', () => {
    const options = { tunnels: { ports: { vxlan: [5000] } } };
    const frame = (port: number) => overUdp(port, join(be32(0x08000000, 5 << 8), frame4));
    expect(flowOf(decode(frame(5000), { options }))).toBe(flow4);
    expect(flowOf(decode(frame(4789), { options }))).toBe('udp 10.0.0.1:50000 > 10.0.0.2:4789');
  });
});
