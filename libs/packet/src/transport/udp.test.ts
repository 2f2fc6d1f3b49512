import { expect, test } from 'vitest';
import { ethernet, hex, ipv4, join, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';

const decodeUdp = (datagram: Uint8Array, captured?: number) =>
  decode(ethernet(0x0800, ipv4(17, datagram)), captured === undefined ? {} : { captured });

/** A datagram whose header states `length`. */
function stating(length: number): Uint8Array {
  const datagram = udp(1000, 53, new Uint8Array(10));
  datagram.set([length >> 8, length & 255], 4);
  return datagram;
}

test.each([
  [12, 4],
  [18, 10],
  [0, 10], // jumbogram, RFC 2675 4
  [7, 10],
  [400, 10],
])('a length field of %i means %i bytes of payload', (length, payload) => {
  expect(decodeUdp(stating(length)).payloadBytes).toBe(payload);
});

test('a cut datagram has its length from the header, and its ports where they are there', () => {
  const datagram = udp(1000, 53, new Uint8Array(100));
  expect(decodeUdp(datagram, 50)).toMatchObject({ payloadBytes: 100, payloadStart: 42, payloadEnd: 50 });
  expect(decodeUdp(datagram, 39)).toMatchObject({ payloadBytes: 100, srcPort: 1000, payloadStart: 39, payloadEnd: 39 });
  expect(decodeUdp(datagram, 37)).toMatchObject({ srcPort: 0, dstPort: 0, laterFragment: true, drop: 0 });
});

test.each([
  ['SCTP', 132, 'sctp 10.0.0.1:1000 > 10.0.0.2:53'],
  ['DCCP', 33, '33 10.0.0.1:1000 > 10.0.0.2:53'],
  ['UDP-Lite', 136, '136 10.0.0.1:1000 > 10.0.0.2:53'],
])('%s has its ports in the same place', (_, protocol, expected) => {
  const packet = decode(ethernet(0x0800, ipv4(protocol, join(hex('03e80035'), new Uint8Array(20)))));
  expect(flowOf(packet)).toBe(expected);
});

test('of SCTP the chunks are the payload (RFC 9260 3)', () => {
  const packet = decode(
    ethernet(0x0800, ipv4(132, join(hex('03e80035 00000001 00000000'), hex('01000014'), new Uint8Array(16)))),
  );
  expect(packet).toMatchObject({ payloadStart: 46, payloadEnd: 66, payloadBytes: 20 });
});
