import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketDecoder } from '../decoder.ts';
import { Drop } from '../drop.ts';
import { Packet } from '../packet.ts';
import { be16, be32, ethernet, hex, ipv4, ipv6, join, udp, vlan, vxlan } from '../testing/build.ts';
import { flowOf, tunnelOf } from '../testing/decode.ts';

const flow = 'udp 10.0.0.1:1000 > 10.0.0.2:53';
const datagram = udp(1000, 53, new Uint8Array(56).fill(7));

/** Fragment of the datagram above in IPv4: bytes `from` to `to`. */
function fragment4(from: number, to: number, id = 7, bytes = datagram): Uint8Array {
  const more = to < bytes.length ? 0x2000 : 0;
  return ethernet(0x0800, ipv4(17, bytes.subarray(from, to), { id, fragment: more | (from / 8) }));
}

function fragment6(from: number, to: number, next = 17, bytes = datagram): Uint8Array {
  const more = to < bytes.length ? 1 : 0;
  const header = join(Uint8Array.of(next, 0), be16(from | more), be32(7));
  return ethernet(0x86dd, ipv6(44, join(header, bytes.subarray(from, to))));
}

class Run {
  readonly decoder: PacketDecoder;
  readonly packet = new Packet();
  constructor(capacity = 64) {
    this.decoder = new PacketDecoder({ fragments: { capacity, timeoutUs: 1000, holdUs: 100 } });
  }
  decode(frame: Uint8Array, timeUs = 0): Packet {
    this.decoder.decode(this.packet, frame, 0, frame.length, frame.length, timeUs, 1);
    return this.packet;
  }
}

describe('fragments in order', () => {
  test.each([
    ['IPv4', fragment4, flow],
    ['IPv6', fragment6, 'udp [2001:db8::1]:1000 > [2001:db8::2]:53'],
  ])('of %s all belong to the flow, and their payload adds up to the datagram’s', (_, fragment, expected) => {
    const run = new Run();
    const parts = [fragment(0, 24), fragment(24, 40), fragment(40, 64)].map((frame) => {
      const packet = run.decode(frame);
      return { flow: flowOf(packet), later: packet.laterFragment, payload: packet.payloadBytes };
    });
    expect(parts).toEqual([
      { flow: expected, later: false, payload: 16 },
      { flow: expected, later: true, payload: 16 },
      { flow: expected, later: true, payload: 24 },
    ]);
  });
});

describe('fragments before their first one', () => {
  test('are held, then counted with it', () => {
    const run = new Run();
    expect(flowOf(run.decode(fragment4(40, 64)))).toBe('drop fragment_held');
    expect(flowOf(run.decode(fragment4(24, 40)))).toBe('drop fragment_held');
    expect(run.decoder.drops[Drop.fragment_held]).toBe(2);
    const first = run.decode(fragment4(0, 24));
    expect(flowOf(first)).toBe(flow);
    expect(first).toMatchObject({ heldPackets: 2, heldPayloadBytes: 40, heldL3Bytes: 80, heldFrameBytes: 108 });
    expect(run.decoder.drops[Drop.fragment_held]).toBe(0);
    expect(run.decode(fragment4(24, 40))).toMatchObject({ heldPackets: 0, laterFragment: true, srcPort: 1000 });
  });

  test('that name an extension header learn the protocol, too', () => {
    const run = new Run();
    const bytes = join(hex('11 00 0104 00000000'), datagram);
    expect(flowOf(run.decode(fragment6(24, 72, 60, bytes)))).toBe('drop fragment_held');
    const first = run.decode(fragment6(0, 24, 60, bytes));
    expect(first).toMatchObject({ protocol: 17, srcPort: 1000, heldPackets: 1 });
    expect(run.decode(fragment6(24, 72, 60, bytes))).toMatchObject({ protocol: 17, srcPort: 1000 });
  });

  test('become orphans after a while: one packet without ports for all of a datagram', () => {
    const run = new Run();
    run.decode(fragment4(40, 64), 1000);
    run.decode(fragment4(24, 40), 1010);
    const orphan = new Packet();
    expect(run.decoder.takeOrphan(orphan, 1050)).toBe(false);
    expect(run.decoder.takeOrphan(orphan, 1200)).toBe(true);
    expect(flowOf(orphan)).toBe('udp 10.0.0.1 > 10.0.0.2');
    expect(orphan).toMatchObject({ heldPackets: 1, payloadBytes: 40, l3Bytes: 80, frameBytes: 108, timeUs: 1000 });
    expect(run.decoder.drops[Drop.fragment_held]).toBe(0);
    expect(run.decoder.takeOrphan(orphan, Number.POSITIVE_INFINITY)).toBe(false);
  });

  test('at another place wait for the first one of that place', () => {
    const run = new Run();
    run.packet.site = 1;
    run.decode(fragment4(24, 64));
    run.packet.site = 2;
    expect(run.decode(fragment4(0, 24)).heldPackets).toBe(0);
    run.packet.site = 1;
    expect(run.decode(fragment4(0, 24)).heldPackets).toBe(1);
  });
});

describe('fragments of two networks with the same addresses', () => {
  const inVlan = (id: number, frame: Uint8Array) => ethernet(0x8100, vlan(id, 0x0800, frame.subarray(14)));
  const inVxlan = (vni: number, frame: Uint8Array) => ethernet(0x0800, ipv4(17, vxlan(vni, frame), { src: 9, dst: 8 }));

  test.each([
    ['VLANs', inVlan],
    ['VXLANs', inVxlan],
  ])('in %s are not mixed: the port of the other network is not taken', (_, within) => {
    const run = new Run();
    run.decode(within(1, fragment4(0, 24)));
    expect(flowOf(run.decode(within(2, fragment4(24, 64))))).toBe('drop fragment_held');
    expect(flowOf(run.decode(within(1, fragment4(24, 64))))).toBe(flow);
  });

  test('in VLANs that the system took out of the frames are not mixed either', () => {
    const run = new Run();
    run.packet.outerVlan = 1;
    run.decode(fragment4(0, 24));
    run.packet.outerVlan = 2;
    expect(flowOf(run.decode(fragment4(24, 64)))).toBe('drop fragment_held');
  });

  test('stay in theirs as orphans, with tunnel, VLAN and MAC addresses', () => {
    const run = new Run();
    run.decode(inVlan(5, fragment4(24, 64)));
    run.decode(inVxlan(7, inVlan(6, fragment4(24, 64))));
    const orphans = [new Packet(), new Packet()];
    for (const orphan of orphans) run.decoder.takeOrphan(orphan, Number.POSITIVE_INFINITY);
    orphans.sort((a, b) => a.vlan - b.vlan);
    expect(orphans.map(tunnelOf)).toEqual(['none', 'vxlan 7 0.0.0.9 > 0.0.0.8 tier 1']);
    expect(orphans.map(({ vlan, srcMac, dstMac }) => [vlan, srcMac, dstMac])).toEqual([
      [5, 0x020000000001, 0x020000000002],
      [6, 0x020000000001, 0x020000000002],
    ]);
  });
});

describe('overlap', () => {
  test('does not change the ports of a datagram: those that came first stay', () => {
    const run = new Run();
    run.decode(fragment4(0, 24));
    const other = run.decode(fragment4(0, 24, 7, udp(6666, 22, new Uint8Array(56))));
    expect(flowOf(other)).toBe(flow);
    expect(other.laterFragment).toBe(true);
    expect(flowOf(run.decode(fragment4(24, 64)))).toBe(flow);
  });

  test('of a later fragment with the transport header is not read', () => {
    const run = new Run();
    run.decode(fragment4(0, 24));
    const over = run.decode(fragment4(8, 24, 7, udp(6666, 22, new Uint8Array(56))));
    expect(flowOf(over)).toBe(flow);
  });

  test('is none where the datagram was complete: the identification is used again', () => {
    const run = new Run();
    run.decode(fragment4(0, 24));
    run.decode(fragment4(24, 64));
    expect(flowOf(run.decode(fragment4(0, 24, 7, udp(2000, 53, new Uint8Array(56)))))).toBe(
      'udp 10.0.0.1:2000 > 10.0.0.2:53',
    );
  });

  test('is none after the time-out', () => {
    const run = new Run();
    run.decode(fragment4(0, 24), 0);
    expect(flowOf(run.decode(fragment4(0, 24, 7, udp(2000, 53, new Uint8Array(56))), 1001))).toContain(':2000');
  });
});

test('a protocol without ports needs no first fragment', () => {
  const run = new Run();
  const frame = ethernet(0x0800, ipv4(1, new Uint8Array(16), { id: 9, fragment: 3 }));
  expect(flowOf(run.decode(frame))).toBe('icmp 10.0.0.1 > 10.0.0.2');
  expect(run.packet.laterFragment).toBe(true);
});

test('memory is bounded: the oldest datagrams give way, and every packet stays counted', () => {
  const run = new Run(8);
  for (let id = 0; id < 1000; id++) run.decode(fragment4(24, 64, id), id / 1000);
  const orphan = new Packet();
  let orphans = 0;
  while (run.decoder.takeOrphan(orphan, Number.POSITIVE_INFINITY)) orphans += 1 + orphan.heldPackets;
  expect(orphans).toBeLessThanOrEqual(8);
  expect(run.decoder.drops[Drop.fragment_held]).toBe(1000 - orphans);
});

test('packets in are packets in flows and packets held, in any order of any fragments', () => {
  const fragments = fc.array(fc.tuple(fc.nat(5), fc.constantFrom([0, 24], [24, 40], [40, 64])), { maxLength: 60 });
  fc.assert(
    fc.property(fragments, (order) => {
      const run = new Run(16);
      let counted = 0;
      for (const [id, [from, to]] of order) {
        const packet = run.decode(fragment4(from, to, id));
        if (packet.drop === Drop.none) counted += 1 + packet.heldPackets;
      }
      expect(counted + run.decoder.drops[Drop.fragment_held]).toBe(order.length);
    }),
  );
});
