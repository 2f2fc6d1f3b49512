import { expect, test } from 'vitest';
import { hex, ipv4, join, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';
import { LinkType } from './link-type.ts';

const linkType = LinkType.ieee802_11;
const [a, b, c, d] = ['020000000001', '020000000002', '020000000003', '020000000004'];
const payload = join(hex('aa aa 03 00 00 00 08 00'), ipv4(17, udp(1000, 53)));
const frame = (header: string) => join(hex(header), payload);
const flow = 'udp 10.0.0.1:1000 > 10.0.0.2:53';

// Addresses by direction: IEEE 802.11-2016 table 9-26.
test.each([
  ['within a cell', `08 00 0000 ${a} ${b} ${c} 0000`, a, b],
  ['to the access point', `08 01 0000 ${c} ${b} ${a} 0000`, a, b],
  ['from the access point', `08 02 0000 ${a} ${c} ${b} 0000`, a, b],
  ['between access points', `08 03 0000 ${c} ${d} ${a} 0000 ${b}`, a, b],
])('a data frame %s has its addresses in the places of its direction', (_, header, dst, src) => {
  const packet = decode(frame(header), { linkType });
  expect(flowOf(packet)).toBe(flow);
  expect([packet.dstMac, packet.srcMac]).toEqual([Number(`0x${dst}`), Number(`0x${src}`)]);
});

test('QoS and HT control fields are skipped', () => {
  expect(flowOf(decode(frame(`88 01 0000 ${a} ${b} ${c} 0000 0000`), { linkType }))).toBe(flow);
  expect(flowOf(decode(frame(`88 81 0000 ${a} ${b} ${c} 0000 0000 00000000`), { linkType }))).toBe(flow);
});

test('of an aggregate the first frame is decoded', () => {
  const aggregate = frame(`88 01 0000 ${a} ${b} ${c} 0000 8000 ${a} ${b} 0024`);
  expect(flowOf(decode(aggregate, { linkType }))).toBe(flow);
});

test.each([
  ['beacon', `80 00 0000 ${a} ${b} ${c} 0000`, 'link_control'],
  ['acknowledgment', `d4 00 0000 ${a}`, 'link_control'],
  ['data frame without data', `48 01 0000 ${a} ${b} ${c} 0000`, 'link_control'],
  ['protected frame', `08 41 0000 ${a} ${b} ${c} 0000`, 'encrypted'],
])('a %s is counted', (_, header, reason) => {
  expect(flowOf(decode(hex(header), { linkType }))).toBe(`drop ${reason}`);
});

// radiotap.org: TSFT (bit 0) is 8 bytes, aligned to 8 from the start of the header; Flags (bit 1) follows.
test.each([
  ['Flags', '00 00 09 00 02000000 10'],
  ['TSFT and Flags', '00 00 11 00 03000000 0000000000000000 10'],
  ['two words of presence, TSFT and Flags', '00 00 19 00 03000080 00000000 00000000 0000000000000000 10'],
])('a checksum that radiotap tells of by %s does not count as payload', (_, header) => {
  const withChecksum = join(hex(header), frame(`08 01 0000 ${a} ${b} ${c} 0000`), hex('01020304'));
  const packet = decode(withChecksum, { linkType: LinkType.ieee802_11_radiotap });
  expect(flowOf(packet)).toBe(flow);
  expect(packet.payloadBytes).toBe(0);
});

test('per-packet information (PPI) names the link behind it, and whether a checksum ends the frame', () => {
  const common = (flags: string) => `0200 1400 0000000000000000 ${flags} 00 ${'00'.repeat(10)}`;
  const data = frame(`08 01 0000 ${a} ${b} ${c} 0000`);
  const plain = join(hex(`00 00 2000 69000000 ${common('00')}`), data);
  const checked = join(hex(`00 00 2000 69000000 ${common('01')}`), data, hex('01020304'));
  const raw = join(hex('00 00 0800 65000000'), ipv4(17, udp(1000, 53)));
  for (const bytes of [plain, checked, raw]) {
    const packet = decode(bytes, { linkType: LinkType.ppi });
    expect([flowOf(packet), packet.payloadBytes]).toEqual([flow, 0]);
  }
  expect(flowOf(decode(hex('00 00 0800 c0000000 00'), { linkType: LinkType.ppi }))).toBe('drop malformed');
});
