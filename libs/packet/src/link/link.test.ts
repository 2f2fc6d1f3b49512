import { describe, expect, test } from 'vitest';
import { be16, be32, ethernet, hex, ipv4, ipv6, join, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';
import { LinkType, linkTypeName } from './link-type.ts';

const inner4 = ipv4(17, udp(1000, 53, hex('00')));
const inner6 = ipv6(17, udp(1000, 53, hex('00')));
const flow4 = 'udp 10.0.0.1:1000 > 10.0.0.2:53';
const flow6 = 'udp [2001:db8::1]:1000 > [2001:db8::2]:53';
const snap = hex('aa aa 03 00 00 00 08 00');
const macs = hex('02 00 00 00 00 02 02 00 00 00 00 01');

/** Header before the IP packet as tcpdump.org/linktypes gives it. */
const v4: [name: keyof typeof LinkType, header: string | Uint8Array][] = [
  ['raw', ''],
  ['raw_bsd', ''],
  ['raw_openbsd', ''],
  ['ipv4', ''],
  ['null', '02 00 00 00'],
  ['null', '00 00 00 02'],
  ['loop', '00 00 00 02'],
  ['null', '0f 00 08 00'],
  ['linux_sll', '0000 0001 0006 020000000001 0000 0800'],
  ['linux_sll2', '0800 0000 00000002 0001 00 06 020000000001 0000'],
  ['ppp', 'ff 03 00 21'],
  ['ppp', '00 21'],
  ['ppp', '21'],
  ['ppp_hdlc', 'ff 03 00 21'],
  ['ppp_hdlc', '0f 00 08 00'],
  ['ppp_pppd', '00 03 00 21'],
  ['ppp_with_dir', '01 ff 03 00 21'],
  ['pppoe', join(hex('11 00 00 07'), be16(inner4.length + 2), hex('00 21'))],
  ['cisco_hdlc', '8f 00 08 00'],
  ['frame_relay', '18 41 03 cc'],
  ['frame_relay', '18 41 03 00 80 000000 0800'],
  ['frame_relay', '18 41 08 00'],
  ['mpls', '00 06 41 40'],
  ['slip', '00'.repeat(16)],
  ['fddi', join(hex('50'), macs, snap)],
  ['token_ring', join(hex('10 40'), macs, snap)],
  ['token_ring', join(hex('10 40 020000000002 820000000001 02 00'), snap)],
  ['arcnet_linux', '01 02 0000 f0'],
  ['arcnet_linux', '01 02 0000 d4 00 0001'],
  ['ip_over_ieee1394', '0000000000000002 0000000000000001 0800'],
  ['ipoib', join(new Uint8Array(40), hex('0800 0000'))],
  ['ip_over_fc', join(new Uint8Array(16), snap)],
  ['atm_rfc1483', snap],
  ['sun_atm', join(hex('00 00 00 20'), snap)],
  ['atm_clip', ''],
  ['atm_clip', snap],
  ['enc', '02000000 00000001 00000000'],
  ['pflog', join(hex('3d 02'), new Uint8Array(62))],
  ['ipnet', join(hex('01 02'), new Uint8Array(22))],
  ['juniper_ether', join(hex('4d 47 43 00'), macs, hex('0800'))],
  ['netanalyzer', join(hex('00 00 00 00'), macs, hex('0800'))],
  ['netanalyzer_transparent', join(new Uint8Array(12), macs, hex('0800'))],
  ['ethernet_mpacket', join(hex('55 55 55 55 55 55 55 d5'), macs, hex('0800'))],
  ['dsa_brcm', join(macs, hex('00 00 00 01 0800'))],
  ['dsa_brcm_prepend', join(hex('00 00 00 01'), macs, hex('0800'))],
  ['dsa', join(macs, hex('00 00 00 01 0800'))],
  ['edsa', join(macs, hex('dada 0000 00000001 0800'))],
  ['ieee802_11', join(hex('08 01 0000'), macs, hex('020000000003 0000'), snap)],
  ['ieee802_11_radiotap', join(hex('00 00 08 00 00000000 08 01 0000'), macs, hex('020000000003 0000'), snap)],
  ['prism', join(hex('44000000 90000000'), new Uint8Array(136), hex('08 01 0000'), macs, new Uint8Array(8), snap)],
  [
    'ieee802_11_avs',
    join(hex('80211001 00000040'), new Uint8Array(56), hex('08 01 0000'), macs, new Uint8Array(8), snap),
  ],
  ['pktap', join(hex('0c000000 01000000 01000000'), macs, hex('0800'))],
  ['pktap_user2', join(hex('0c000000 01000000 0c000000'))],
];

const v6: [name: keyof typeof LinkType, header: string][] = [
  ['raw', ''],
  ['ipv6', ''],
  ['null', '1e 00 00 00'],
  ['null', '00 00 00 18'],
  ['null', '1c 00 00 00'],
  ['ppp', 'ff 03 00 57'],
  ['frame_relay', '18 41 03 8e'],
  ['linux_sll2', '86dd 0000 00000002 0001 00 00 000000000000 0000'],
  ['ipnet', `01 1a ${'00'.repeat(22)}`],
];

describe('a link layer', () => {
  test.each(v4)('%s is followed by IPv4', (name, header) => {
    const bytes = typeof header === 'string' ? hex(header) : header;
    expect(flowOf(decode(join(bytes, inner4), { linkType: LinkType[name] }))).toBe(flow4);
  });

  test.each(v6)('%s is followed by IPv6', (name, header) => {
    expect(flowOf(decode(join(hex(header), inner6), { linkType: LinkType[name] }))).toBe(flow6);
  });

  test('of netfilter log is followed by the payload attribute, in either byte order', () => {
    const little = join(hex('02 00 0000 0800 0100 08000800 05000a00 61000000'), nflogPayload(true));
    const big = join(hex('02 00 0000 0008 0001 08000800 0005000a 61000000'), nflogPayload(false));
    expect(flowOf(decode(little, { linkType: LinkType.nflog }))).toBe(flow4);
    expect(flowOf(decode(big, { linkType: LinkType.nflog }))).toBe(flow4);
  });

  test('that is not known is counted and named', () => {
    expect(flowOf(decode(inner4, { linkType: 300 }))).toBe('drop link_type');
    expect(linkTypeName(300)).toBe('linktype-300');
    expect(linkTypeName(147)).toBe('user0');
    expect(linkTypeName(253)).toBe('netlink');
    expect(linkTypeName(113)).toBe('linux_sll');
  });

  test('of Linux cooked capture tells netlink messages and unknown devices from packets', () => {
    const netlink = join(hex('0004 0338 0000 0000000000000000 0800'), inner4);
    expect(flowOf(decode(netlink, { linkType: LinkType.linux_sll }))).toBe('drop link_control');
  });

  test('gives the MAC addresses it has', () => {
    const packet = decode(ethernet(0x0800, inner4));
    expect([packet.srcMac, packet.dstMac]).toEqual([0x020000000001, 0x020000000002]);
    const cooked = join(hex('0000 0001 0006 020000000001 0000 0800'), inner4);
    expect(decode(cooked, { linkType: LinkType.linux_sll }).srcMac).toBe(0x020000000001);
  });
});

function nflogPayload(isLittle: boolean): Uint8Array {
  const [length, type] = [inner4.length + 4, 9];
  const header = isLittle ? Uint8Array.of(length, 0, type, 0) : Uint8Array.of(0, length, 0, type);
  return join(header, inner4, be32(0).subarray(0, -inner4.length & 3));
}
