import { describe, expect, test } from 'vitest';
import { ethernet, hex, ipv4, tcp } from '../testing/build.ts';
import { decode } from '../testing/decode.ts';

const decodeTcp = (segment: Uint8Array, captured?: number) =>
  decode(ethernet(0x0800, ipv4(6, segment)), captured === undefined ? {} : { captured });

test('numbers use all of their bits', () => {
  const packet = decodeTcp(
    tcp(hex('00'), { src: 65_535, dst: 32_768, seq: 0xffffffff, ack: 0x80000000, window: 65_535 }),
  );
  expect(packet).toMatchObject({
    srcPort: 65_535,
    dstPort: 32_768,
    seq: 4_294_967_295,
    ack: 2_147_483_648,
    window: 65_535,
  });
});

test('all eight flags are kept (RFC 9293 3.1)', () => {
  expect(decodeTcp(tcp(hex(''), { flags: 0xff })).tcpFlags).toBe(255);
});

describe('window scale', () => {
  const scaleOf = (options: string, flags = 0x02) =>
    decodeTcp(tcp(hex(''), { flags, options: hex(options) })).windowScale;
  test('is read from a SYN and a SYN-ACK, wherever the option stands', () => {
    expect(scaleOf('02 04 05b4 01 03 03 07')).toBe(7);
    expect(scaleOf('03 03 00 01', 0x12)).toBe(0);
  });
  test('means 14 where it says more (RFC 7323 2.3)', () => {
    expect(scaleOf('03 03 ff 00')).toBe(14);
  });
  test('is -1 without the option, in other packets, and behind a broken option', () => {
    expect(scaleOf('02 04 05b4')).toBe(-1);
    expect(scaleOf('03 03 07 01', 0x10)).toBe(-1);
    expect(scaleOf('02 00 03 03 07 00 00 00')).toBe(-1);
    expect(scaleOf('00 03 03 07')).toBe(-1);
  });
});

test('options are handed on by their place', () => {
  const packet = decodeTcp(tcp(hex('aabb'), { options: hex('0101080a 00000001 00000002') }));
  expect(packet).toMatchObject({
    optionsStart: 54,
    optionsBytes: 12,
    payloadStart: 66,
    payloadBytes: 2,
    payloadEnd: 68,
  });
});

describe('a header that is cut', () => {
  test('before its window ends leaves a packet that is counted by its ports', () => {
    expect(decodeTcp(tcp(hex('00')), 34 + 15)).toMatchObject({
      laterFragment: true,
      srcPort: 40_000,
      dstPort: 80,
      drop: 0,
    });
  });
  test('before its ports end leaves one without ports', () => {
    expect(decodeTcp(tcp(hex('00')), 34 + 3)).toMatchObject({ laterFragment: true, srcPort: 0, dstPort: 0, drop: 0 });
  });
  test('behind its window is read, and its payload known', () => {
    expect(decodeTcp(tcp(new Uint8Array(9)), 34 + 16)).toMatchObject({ laterFragment: false, seq: 1, payloadBytes: 9 });
  });
});

test('a header that states less than 20 bytes is not trusted', () => {
  const segment = tcp(new Uint8Array(9), { flags: 0x02 });
  segment[12] = 0x40;
  expect(decodeTcp(segment)).toMatchObject({ laterFragment: true, srcPort: 40_000, tcpFlags: 0, payloadBytes: 0 });
});

test('a header that states more than there is has no payload', () => {
  const segment = tcp(new Uint8Array(9));
  segment[12] = 0xf0;
  expect(decodeTcp(segment)).toMatchObject({ payloadBytes: 0, tcpFlags: 0x10 });
});
