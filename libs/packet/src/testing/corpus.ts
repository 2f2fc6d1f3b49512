import { LinkType } from '../link/link-type.ts';
import { be16, be32, ethernet, hex, ipv4, ipv6, join, tcp, udp, vlan, vxlan } from './build.ts';

export interface Seed {
  readonly bytes: Uint8Array;
  readonly linkType: number;
}

const tcp4 = ipv4(6, tcp(hex('01020304'), { options: hex('020405b4 01030307') }));
const frame = ethernet(0x0800, tcp4);
const tcp6 = ipv6(6, tcp(hex('01')));

const inEthernet: Uint8Array[] = [
  frame,
  ethernet(0x86dd, tcp6),
  ethernet(0x8100, vlan(5, 0x88a8, vlan(6, 0x0800, tcp4))),
  ethernet(tcp4.length + 8, join(hex('aaaa03 000000 0800'), tcp4)),
  ethernet(0x8847, join(be32(0x00010040, 0x00011140), tcp4)),
  ethernet(0x8864, join(hex('11000007'), be16(tcp4.length + 2, 0x0021), tcp4)),
  ethernet(0x894f, join(hex('0fc20101 00000100'), tcp4)),
  ethernet(0x0800, ipv4(17, udp(1, 2, hex('aabb')), { id: 1, fragment: 0x2000 })),
  ethernet(0x0800, ipv4(17, hex('ccdd'), { id: 1, fragment: 0x0001 })),
  ethernet(0x86dd, ipv6(0, join(hex('2c00050200000100 11000001 00000007'), udp(1, 2)))),
  ethernet(0x86dd, ipv6(44, join(hex('11000008 00000007'), hex('0102')))),
  ethernet(0x0800, ipv4(1, join(hex('03010000 00000000'), ipv4(17, udp(1, 2))))),
  ethernet(0x86dd, ipv6(58, join(hex('01000000 00000000'), ipv6(60, join(hex('1100010400000000'), udp(1, 2)))))),
  ethernet(0x0800, ipv4(17, vxlan(5, frame))),
  ethernet(0x0800, ipv4(17, udp(9, 4790, join(hex('0c000004 00000500 0fc20101 00000100'), tcp4)))),
  ethernet(0x0800, ipv4(17, udp(9, 6081, join(hex('02006558 00000500 01028001 00030004'), frame)))),
  ethernet(0x0800, ipv4(17, udp(9, 2152, join(hex('34ff0031 00000009 00000085 01100500'), tcp4)))),
  ethernet(0x0800, ipv4(17, udp(9, 1701, join(hex('4a020040 00010009 00000000 00020000 ff030021'), tcp4)))),
  ethernet(0x0800, ipv4(17, udp(9, 3544, join(hex('00010000 0000000000000000 00'), tcp6)))),
  ethernet(0x0800, ipv4(47, join(hex('b0000800 12340000 00000007 00000001'), tcp4))),
  ethernet(0x0800, ipv4(47, join(hex('100022eb 00000001 20640005 00000000 00000001 0000000000000000'), frame))),
  ethernet(0x0800, ipv4(47, join(hex('3081880b 00200007 00000001 00000002 ff030021'), tcp4))),
  ethernet(0x0800, ipv4(115, join(hex('00000009 01020304'), frame))),
  ethernet(0x0800, ipv4(4, ipv4(41, ipv6(4, tcp4)))),
  ethernet(0x0800, ipv4(51, join(hex('06040000 00000001 00000001 000000000000000000000000'), tcp()))),
];

const others: Seed[] = [
  { linkType: LinkType.linux_sll, bytes: join(hex('0000 0001 0006 0200000000010000 0800'), tcp4) },
  { linkType: LinkType.linux_sll2, bytes: join(hex('0800 0000 00000002 0001 0006 0200000000010000'), tcp4) },
  { linkType: LinkType.null, bytes: join(hex('02000000'), tcp4) },
  { linkType: LinkType.ppp, bytes: join(hex('ff030021'), tcp4) },
  { linkType: LinkType.frame_relay, bytes: join(hex('18410300 80000000 0800'), tcp4) },
  { linkType: LinkType.token_ring, bytes: join(hex('1040 020000000002 820000000001 0200 aaaa03000000 0800'), tcp4) },
  {
    linkType: LinkType.nflog,
    bytes: join(hex('02000000 08000100 08000800'), be16((tcp4.length + 4) << 8, 0x0900), tcp4),
  },
  { linkType: LinkType.pktap, bytes: join(hex('0c000000 01000000 01000000'), frame) },
  {
    linkType: LinkType.ieee802_11_radiotap,
    bytes: join(
      hex('00001100 03000000 0000000000000000 10 88410000'),
      new Uint8Array(22),
      hex('aaaa03000000 0800'),
      tcp4,
    ),
  },
  {
    linkType: LinkType.ppi,
    bytes: join(
      hex(`00002000 69000000 02001400 ${'00'.repeat(8)} 0100 ${'00'.repeat(10)} 08010000`),
      new Uint8Array(20),
      hex('aaaa03000000 0800'),
      tcp4,
    ),
  },
  {
    linkType: LinkType.prism,
    bytes: join(hex('44000000 10000000 0000000000000000 08010000'), new Uint8Array(20), hex('aaaa03000000 0800'), tcp4),
  },
];

/** A frame of every kind: where mutations start. */
export const corpus: readonly Seed[] = [
  ...inEthernet.map((bytes) => ({ bytes, linkType: LinkType.ethernet })),
  ...others,
];
