import { describe, expect, test } from 'vitest';
import { ethernet, hex, ipv6, join, tcp, udp } from '../testing/build.ts';
import { decode, flowOf } from '../testing/decode.ts';

const flow = 'udp [2001:db8::1]:1000 > [2001:db8::2]:53';
const datagram = udp(1000, 53, hex('0102'));
const six = (next: number, payload: Uint8Array, length?: number) => ethernet(0x86dd, ipv6(next, payload, length));

test('lengths are those of header and payload', () => {
  const packet = decode(six(17, datagram));
  expect(flowOf(packet)).toBe(flow);
  expect(packet).toMatchObject({ l3Bytes: 50, payloadBytes: 2, ipVersion: 6, ttl: 64 });
});

describe('an extension header', () => {
  // Layouts: RFC 8200 4.3 to 4.6, RFC 4302 2.2, RFC 6275 6.1.1.
  test.each([
    ['hop-by-hop options', 0, '11 00 0502 0000 0100'],
    ['routing', 43, `11 02 00 00 00000000 ${'00'.repeat(16)}`],
    ['destination options', 60, '11 01 010c 00000000 0000000000000000'],
    ['authentication', 51, '11 04 0000 00000001 00000001 000000000000000000000000'],
    ['atomic fragment', 44, '11 00 0000 00000001'],
    ['mobility', 135, '11 00 0000 00000000'],
    ['two of them', 0, '3c 00 0104 00000000 11 00 0104 00000000'],
  ])('%s is skipped', (_, next, header) => {
    const packet = decode(six(next, join(hex(header), datagram)));
    expect(flowOf(packet)).toBe(flow);
    expect(packet.payloadBytes).toBe(2);
  });

  test('of any number does not make decoding endless', () => {
    const many = Array.from({ length: 300 }, () => hex('3c 00 0104 00000000'));
    expect(flowOf(decode(six(60, join(...many))))).toBe('drop too_deep');
  });

  test('that is cut is counted as truncated', () => {
    expect(flowOf(decode(six(60, hex('11 00 0104'))))).toBe('drop truncated');
  });

  test('without a next header ends the packet', () => {
    expect(flowOf(decode(six(60, hex('3b 00 0104 00000000'))))).toBe('59 [2001:db8::1] > [2001:db8::2]');
  });
});

test('a jumbogram has its length in an option (RFC 2675 2)', () => {
  const payload = join(hex('06 00 c204 000111 b8'), tcp(new Uint8Array(70_044)));
  const packet = decode(six(0, payload, 0));
  expect(packet).toMatchObject({ l3Bytes: 40 + 0x111b8, payloadBytes: 0x111b8 - 8 - 20 });
});

test('a payload length of 0 without that option reaches to the end of the frame', () => {
  const packet = decode(six(6, tcp(new Uint8Array(70_000)), 0));
  expect(packet).toMatchObject({ l3Bytes: 70_060, payloadBytes: 70_000 });
});

test.each([
  ['another version', '45000000', 'malformed'],
  ['less than 40 bytes', '', 'truncated'],
])('a header with %s is counted', (_, start, reason) => {
  const packet = ipv6(17, datagram);
  packet.set(hex(start));
  const frame = ethernet(0x86dd, start === '' ? packet.subarray(0, 39) : packet);
  expect(flowOf(decode(frame))).toBe(`drop ${reason}`);
});
