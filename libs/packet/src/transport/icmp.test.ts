import { describe, expect, test } from 'vitest';
import { be32, ethernet, hex, ipv4, ipv6, join, tcp, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';

const icmp = (message: string, quoted: Uint8Array = new Uint8Array(0)) =>
  decode(ethernet(0x0800, ipv4(1, join(hex(message), quoted), { src: 0x0a0000fe, dst: 0x0a000001 })));
const icmpv6 = (message: string, quoted: Uint8Array = new Uint8Array(0)) =>
  decode(ethernet(0x86dd, ipv6(58, join(hex(message), quoted))));

test('echo has identifier and sequence number', () => {
  const packet = icmp('08 00 0000 1234 0002');
  expect(flowOf(packet)).toBe('icmp 10.0.0.254 > 10.0.0.1');
  expect(packet).toMatchObject({ icmpType: 8, icmpCode: 0, icmpId: 0x1234, icmpSequence: 2, quotedIpVersion: 0 });
  expect(icmpv6('81 00 0000 1234 0002')).toMatchObject({ icmpType: 129, icmpId: 0x1234, icmpSequence: 2 });
});

describe('an error', () => {
  test.each([3, 4, 5, 11, 12])('of type %i quotes the packet that caused it', (type) => {
    const quoted = ipv4(17, udp(1000, 53)).subarray(0, 28);
    const packet = icmp(`${type.toString(16).padStart(2, '0')} 01 0000 00000000`, quoted);
    expect(packet).toMatchObject({ quotedIpVersion: 4, quotedProtocol: 17, quotedSrcPort: 1000, quotedDstPort: 53 });
    expect([...packet.quotedAddresses]).toEqual([0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
    expect(flowOf(packet)).toBe('icmp 10.0.0.254 > 10.0.0.1');
  });

  test.each([1, 2, 3, 4])('of ICMPv6 type %i does, too, behind extension headers', (type) => {
    const quoted = ipv6(60, join(hex('06 00 0104 00000000'), tcp()));
    const packet = icmpv6(`0${type} 00 0000 00000000`, quoted);
    expect(packet).toMatchObject({ quotedIpVersion: 6, quotedProtocol: 6, quotedSrcPort: 40_000, quotedDstPort: 80 });
    expect(packet.quotedAddresses[0]).toBe(0x20010db8);
  });

  test('about a later fragment has no ports to quote', () => {
    const packet = icmp('0b 01 0000 00000000', ipv4(17, udp(1000, 53), { fragment: 5 }));
    expect(packet).toMatchObject({ quotedIpVersion: 4, quotedProtocol: 17, quotedSrcPort: 0, quotedDstPort: 0 });
    const header = join(hex('11 00 0028'), be32(7));
    expect(icmpv6('01 00 0000 00000000', ipv6(44, join(header, udp(1, 2))))).toMatchObject({ quotedSrcPort: 0 });
  });

  test.each([
    ['nothing', ''],
    ['half a header', '45 00 0028 0000 0000'],
    ['no IP', 'ff'.repeat(28)],
  ])('that quotes %s is a packet like any other', (_, quoted) => {
    const packet = icmp('03 01 0000 00000000', hex(quoted));
    expect(packet).toMatchObject({ drop: 0, quotedIpVersion: 0, icmpType: 3, icmpCode: 1 });
  });
});

test('a message without its first two bytes is only counted', () => {
  expect(icmp('08')).toMatchObject({ drop: 0, laterFragment: true, protocol: 1 });
});
