import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketDecoder } from '../decoder.ts';
import { Packet } from '../packet.ts';
import { be16, be32, ethernet, hex, ipv4, ipv6, join, tcp, udp } from '../testing/build.ts';

const payload = Uint8Array.from({ length: 56 }, (_, i) => i);
const datagram = udp(1000, 53, payload);

function fragment4(from: number, to: number, id = 7, bytes = datagram, protocol = 17): Uint8Array {
  const more = to < bytes.length ? 0x2000 : 0;
  return ethernet(0x0800, ipv4(protocol, bytes.subarray(from, to), { id, fragment: more | (from / 8) }));
}

function fragment6(from: number, to: number, next: number, bytes: Uint8Array): Uint8Array {
  const header = join(Uint8Array.of(next, 0), be16(from | (to < bytes.length ? 1 : 0)), be32(7));
  return ethernet(0x86dd, ipv6(44, join(header, bytes.subarray(from, to))));
}

class Run {
  readonly decoder = new PacketDecoder({ reassembled: 2 });
  readonly packet = new Packet();
  readonly whole = new Packet();

  /** Payload of the datagram that this frame completes, or undefined. */
  decode(frame: Uint8Array, captured = frame.length): number[] | undefined {
    this.decoder.decode(this.packet, frame, 0, captured, frame.length, 0, 1);
    const reassembly = this.decoder.reassembly!;
    if (!reassembly.fragment) return undefined;
    reassembly.fragment = false;
    if (this.packet.drop !== 0 || !reassembly.take(this.whole, this.packet)) return undefined;
    return [...this.whole.bytes.subarray(this.whole.payloadStart, this.whole.payloadEnd)];
  }

  all(frames: Uint8Array[]): (number[] | undefined)[] {
    return frames.map((frame) => this.decode(frame));
  }
}

describe('fragments of a datagram', () => {
  test('are put together by the one that completes it', () => {
    const run = new Run();
    const frames = [fragment4(0, 24), fragment4(24, 40), fragment4(40, 64)];
    expect(run.all(frames)).toEqual([undefined, undefined, [...payload]]);
    expect(run.whole).toMatchObject({ srcPort: 1000, dstPort: 53, payloadBytes: 56, laterFragment: false });
    expect(run.whole.addresses).toEqual(run.packet.addresses);
  });

  test('may come in any order, and twice', () => {
    const frames = [fragment4(0, 24), fragment4(24, 40), fragment4(40, 64)];
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 0, 1, 1, 2, 2], { minLength: 6, maxLength: 6 }), (order) => {
        const results = new Run().all(order.map((i) => frames[i])).filter((result) => result !== undefined);
        expect(results.length).toBeGreaterThan(0);
        for (const result of results) expect(result).toEqual([...payload]);
      }),
    );
  });

  test('of IPv6 may begin with extension headers', () => {
    const bytes = join(hex('11 00 0104 00000000'), datagram);
    const run = new Run();
    expect(run.all([fragment6(24, 72, 60, bytes), fragment6(0, 24, 60, bytes)])).toEqual([undefined, [...payload]]);
  });

  test('of a TCP segment keep its numbers', () => {
    const segment = tcp(payload, { options: hex('020405b4') });
    const run = new Run();
    const frames = [[0, 32] as const, [32, segment.length] as const].map(([a, b]) => fragment4(a, b, 7, segment, 6));
    expect(run.all(frames)).toEqual([undefined, [...payload]]);
    expect(run.decode(frames[0])).toBeUndefined();
    const plain = new Packet();
    const frame = ethernet(0x0800, ipv4(6, segment));
    new PacketDecoder().decode(plain, frame, 0, frame.length, frame.length, 0, 1);
    const { seq, ack, tcpFlags, payloadBytes } = plain;
    expect(run.whole).toMatchObject({ seq, ack, tcpFlags, payloadBytes });
  });

  test('that the capture cut leave what comes before', () => {
    const run = new Run();
    run.decode(fragment4(0, 24));
    const frame = fragment4(24, 40);
    run.decode(frame, frame.length - 10);
    expect(run.decode(fragment4(40, 64))).toEqual([...payload.subarray(0, 22)]);
    expect(run.whole.payloadBytes).toBe(56);
  });
});

describe('what is not put together', () => {
  test('overlapping fragments that differ', () => {
    const evil = datagram.map((byte) => byte ^ 1);
    const run = new Run();
    const frames = [
      fragment4(0, 24),
      fragment4(24, 40),
      fragment4(24, 40, 7, evil),
      fragment4(16, 64),
      fragment4(40, 64),
    ];
    expect(run.all(frames)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test('the oldest, where too many are under way', () => {
    const run = new Run();
    for (const id of [1, 2, 3]) run.decode(fragment4(0, 24, id));
    expect(run.decoder.reassembly!.abandoned).toBe(1);
    expect([3, 2, 1].map((id) => run.decode(fragment4(24, 64, id)) !== undefined)).toEqual([true, true, false]);
  });

  test('anything, without being asked to', () => {
    expect(new PacketDecoder().reassembly).toBeNull();
  });

  test('an identification that is used again is a datagram of its own', () => {
    const run = new Run();
    expect(run.all([fragment4(0, 24), fragment4(24, 64)])).toEqual([undefined, [...payload]]);
    const other = udp(
      1000,
      53,
      payload.map((byte) => byte + 100),
    );
    expect(run.all([fragment4(0, 24, 7, other), fragment4(24, 64, 7, other)])[1]).toEqual([...other.subarray(8)]);
  });
});
