import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { Drop } from './drop.ts';
import { shareOf } from './flow-share.ts';
import { LinkType } from './link/link-type.ts';
import { Packet } from './packet.ts';
import { TCP } from './protocol.ts';
import { ethernet, hex, ipv4, ipv6, join, tcp, udp, vlan, vxlan } from './testing/build.ts';
import { corpus } from './testing/corpus.ts';
import { decode, tunnelOf } from './testing/decode.ts';
import { Mutator } from './testing/mutator.ts';
import { differenceOf, TwinDecoder } from './testing/twin-decoder.ts';

const maxFrameBytes = 600;

test('cut at every byte, a frame of every kind is decoded from its captured part alone', () => {
  for (const { bytes, linkType } of corpus) {
    const twins = new TwinDecoder(maxFrameBytes);
    for (let captured = 0; captured <= bytes.length; captured++) {
      expect(twins.decode(bytes, captured, bytes.length, 0, linkType)).toBeNull();
    }
  }
});

test('mutated frames are decoded from their captured part alone, and never throw', () => {
  const mutator = new Mutator(corpus, maxFrameBytes, 20_261_121);
  const twins = new TwinDecoder(maxFrameBytes);
  for (let i = 0; i < 100_000; i++) {
    mutator.next();
    const wrong = twins.decode(mutator.bytes, mutator.captured, mutator.length, i, mutator.linkType);
    if (wrong !== null) expect.fail(`frame ${i}: ${wrong}`);
  }
});

test('any bytes of any link type are decoded without an exception', () => {
  const twins = new TwinDecoder(300);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, linkType) => {
      expect(twins.decode(bytes, bytes.length, bytes.length, 0, linkType)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test('a capture length beyond the memory is not believed', () => {
  const frame = ethernet(0x0800, ipv4(6, tcp()));
  const packet = new Packet();
  expect(new PacketDecoder().decode(packet, frame.subarray(0, 30), 0, 5000, 5000, 0, 1)).toBe(Drop.truncated);
});

/** The packet of a frame, of which `cut` bytes are not captured; the same layer by layer. */
function decodedBothWays(frame: Uint8Array, cut: number): Packet {
  const fast = decode(frame, { captured: Math.max(0, frame.length - cut) });
  // Behind four bytes of another link layer, Ethernet takes the long way.
  const other = join(new Uint8Array(4), frame);
  const slow = decode(other, { captured: Math.max(0, other.length - cut), linkType: LinkType.netanalyzer });
  expect(slow.drop).toBe(fast.drop);
  if (fast.drop !== 0) return fast;
  for (const name of ['frameBytes', 'end', 'payloadStart', 'payloadEnd'] as const) slow[name] -= 4;
  if (slow.protocol === TCP && !slow.laterFragment) slow.optionsStart -= 4;
  expect(differenceOf(fast, slow)).toBeNull();
  return fast;
}

test('plain TCP gives the same packet in one step and layer by layer', () => {
  const segment = fc.record({
    src: fc.nat(65_535),
    dst: fc.nat(65_535),
    seq: fc.nat(0xffffffff),
    ack: fc.nat(0xffffffff),
    flags: fc.nat(255),
    window: fc.nat(65_535),
    options: fc.constantFrom(hex(''), hex('020405b4 01030307'), hex('0101080a 00000001 00000002')),
    payload: fc.uint8Array({ maxLength: 20 }),
    padding: fc.nat(6),
    tag: fc.option(fc.nat(0xffff)),
    cut: fc.nat(60),
    length: fc.option(fc.nat(120)),
    version: fc.constantFrom(4, 6),
  });
  fc.assert(
    fc.property(segment, ({ payload, padding, cut, length, tag, version, ...parts }) => {
      const type = version === 4 ? 0x0800 : 0x86dd;
      const inIpv4 = () => ipv4(6, tcp(payload, parts), { src: 0xc0a80001, length: length ?? undefined });
      const packet = version === 4 ? inIpv4() : ipv6(6, tcp(payload, parts), length ?? undefined);
      const frame = tag === null ? ethernet(type, packet) : ethernet(0x8100, vlan(tag, type, packet));
      const plain = join(frame, new Uint8Array(padding));
      const fast = decodedBothWays(plain, cut);
      if (fast.drop !== 0) return;
      // In a tunnel it is the same packet, further back; only that there a packet may be longer than what carries it.
      if (fast.laterFragment || length !== null) return;
      const outer = ethernet(0x0800, ipv4(17, vxlan(7, plain)));
      const inner = decode(outer, { captured: outer.length - Math.min(cut, plain.length) });
      const shift = outer.length - plain.length;
      expect(tunnelOf(inner)).toBe('vxlan 7 10.0.0.1 > 10.0.0.2 tier 1');
      for (const name of ['frameBytes', 'end', 'payloadStart', 'payloadEnd', 'optionsStart'] as const)
        inner[name] -= shift;
      inner.tunnelTier = inner.tunnelType = inner.tunnelId = 0;
      inner.tunnelAddresses.fill(0);
      expect(differenceOf(fast, inner)).toBeNull();
    }),
    { numRuns: 3000 },
  );
});

test('TCP in VXLAN and Geneve gives the same packet in one step and layer by layer', () => {
  const parts = fc.record({
    inner: fc.constantFrom(
      ethernet(0x0800, ipv4(6, tcp(hex('01020304'), { src: 5, seq: 0xfffffff0, options: hex('020405b4 01030307') }))),
      ethernet(0x8100, vlan(9, 0x86dd, ipv6(6, tcp(hex('0102'))))),
      ethernet(0x0800, ipv4(17, udp(1, 2, hex('aabb')))),
    ),
    header: fc.constantFrom(
      { port: 4789, bytes: hex('08000000 00002a00') },
      { port: 8472, bytes: hex('00000000 00002a00') },
      { port: 6081, bytes: hex('00006558 00002a07') },
      { port: 6081, bytes: hex('02406558 00002a00 01028001 80030004') },
      { port: 6081, bytes: hex('04006558 ffffff00 01038001 00000000 01028001 00050006') },
      { port: 6081, bytes: hex('00000800 00002a00') },
      { port: 4790, bytes: hex('0c000003 00002a00') },
    ),
    tag: fc.option(fc.nat(0xffff)),
    outer: fc.constantFrom({}, { options: hex('01010101') }, { fragment: 0x2000 }, { fragment: 0x4000 }),
    udpBytes: fc.option(fc.nat(90)),
    padding: fc.nat(6),
    cut: fc.nat(130),
  });
  fc.assert(
    fc.property(parts, ({ inner, header, tag, outer, udpBytes, padding, cut }) => {
      const datagram = udp(50_000, header.port, join(header.bytes, inner));
      if (udpBytes !== null) datagram[5] = udpBytes;
      const packet = ipv4(17, datagram, outer);
      const frame = tag === null ? ethernet(0x0800, packet) : ethernet(0x8100, vlan(tag, 0x0800, packet));
      decodedBothWays(join(frame, new Uint8Array(padding)), cut);
    }),
    { numRuns: 5000 },
  );
});

test('the share that a look at a frame tells is that of the decoded packet', () => {
  const mutator = new Mutator(corpus, maxFrameBytes, 7);
  const decoder = new PacketDecoder();
  const packet = new Packet();
  let told = 0;
  for (let i = 0; i < 50_000; i++) {
    mutator.next();
    const { bytes, captured, length, linkType } = mutator;
    const share = decoder.shareOfFrame(bytes, 0, captured, length, linkType, 16);
    if (share === -1) continue;
    told++;
    expect(decoder.decode(packet, bytes, 0, captured, length, i, linkType)).toBe(Drop.none);
    expect(packet.protocol).toBe(TCP);
    expect(packet.laterFragment).toBe(false);
    expect(shareOf(packet, 16)).toBe(share);
  }
  expect(told).toBeGreaterThan(500);
});

test('drops are counted by reason', () => {
  const decoder = new PacketDecoder();
  const packet = new Packet();
  const frames = [
    ethernet(0x0806, new Uint8Array(28)),
    ethernet(0x88cc),
    ethernet(0x88cc),
    ethernet(0x0800, ipv4(17, udp(1, 2))),
  ];
  for (const frame of frames) decoder.decode(packet, frame, 0, frame.length, frame.length, 0, 1);
  expect(decoder.drops[Drop.arp]).toBe(1);
  expect(decoder.drops[Drop.ether_type]).toBe(2);
  expect(decoder.drops.reduce((sum, count) => sum + count)).toBe(3);
});
