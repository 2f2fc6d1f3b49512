import { expect, test } from 'vitest';
import { ethernet, hex, ipv4, join, tcp, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';

test('the first packet of a handshake is read as TShark reads it', () => {
  // Frame 1 of Wireshark's sample capture http.cap.
  const packet = decode(
    hex(`fe ff 20 00 01 00 00 00 01 00 00 00 08 00 45 00 00 30 0f 41 40 00 80 06 91 eb 91 fe a0 ed 41 d0
         e4 df 0d 2c 00 50 38 af fe 13 00 00 00 00 70 02 22 38 c3 0c 00 00 02 04 05 b4 01 01 04 02`),
  );
  expect(flowOf(packet)).toBe('tcp 145.254.160.237:3372 > 65.208.228.223:80');
  expect(packet).toMatchObject({ seq: 951057939, ack: 0, tcpFlags: 2, window: 8760, windowScale: -1, payloadBytes: 0 });
  expect(packet).toMatchObject({ l3Bytes: 48, ttl: 128, ipVersion: 4, srcMac: 0x000001000000, dstMac: 0xfeff20000100 });
});

test('options are skipped', () => {
  const packet = decode(ethernet(0x0800, ipv4(17, udp(1000, 53, hex('0102')), { options: hex('94040000') })));
  expect(flowOf(packet)).toBe('udp 10.0.0.1:1000 > 10.0.0.2:53');
  expect(packet).toMatchObject({ l3Bytes: 34, payloadBytes: 2 });
});

test('a total length of 0 is a segment that the card is still to split', () => {
  const packet = decode(ethernet(0x0800, ipv4(6, tcp(new Uint8Array(70_000)), { length: 0 })));
  expect(packet).toMatchObject({ l3Bytes: 70_040, payloadBytes: 70_000 });
});

test('lengths of a packet that the capture cut are those of its headers', () => {
  const frame = ethernet(0x0800, ipv4(6, tcp(new Uint8Array(1000))));
  const packet = decode(frame, { captured: 60 });
  expect(packet).toMatchObject({
    l3Bytes: 1040,
    payloadBytes: 1000,
    frameBytes: 1054,
    payloadStart: 54,
    payloadEnd: 60,
  });
});

test('a packet is not longer than its frame, whatever it says', () => {
  const packet = decode(ethernet(0x0800, ipv4(6, tcp(new Uint8Array(10)), { length: 1500 })));
  expect(packet).toMatchObject({ l3Bytes: 50, payloadBytes: 10 });
});

test.each([
  ['another version', '65 00 0028'],
  ['a header of less than 20 bytes', '44 00 0028'],
  ['less length than header', '45 00 0013'],
])('a header with %s is malformed', (_, start) => {
  const packet = ipv4(6, tcp());
  packet.set(hex(start));
  expect(flowOf(decode(ethernet(0x0800, packet)))).toBe('drop malformed');
});

test('a header that is cut is counted as such', () => {
  const frame = ethernet(0x0800, ipv4(6, tcp()));
  expect(flowOf(decode(frame, { captured: 33 }))).toBe('drop truncated');
});

test.each([
  ['IGMP', 2],
  ['ESP', 50],
  ['OSPF', 89],
  ['a number without a name', 253],
])('%s is a flow without ports', (_, protocol) => {
  const packet = decode(ethernet(0x0800, ipv4(protocol, hex('0102030405060708'))));
  expect(flowOf(packet)).toBe(`${protocol} 10.0.0.1 > 10.0.0.2`);
  expect(packet.payloadBytes).toBe(0);
});

test('what an authentication header (RFC 4302) covers is in clear', () => {
  const header = hex('11 04 0000 00000001 00000001 000000000000000000000000');
  const packet = decode(ethernet(0x0800, ipv4(51, join(header, udp(1000, 53)))));
  expect(flowOf(packet)).toBe('udp 10.0.0.1:1000 > 10.0.0.2:53');
});
