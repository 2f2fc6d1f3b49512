import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOf, shareOfQuoted } from './flow-share.ts';
import { Packet } from './packet.ts';
import { ICMP, TCP } from './protocol.ts';

const word = fc.nat(0xffff_ffff);
const port = fc.nat(0xffff);

function packetOf(words: number[], ports: [number, number]): Packet {
  const packet = new Packet();
  packet.protocol = TCP;
  packet.ipVersion = 6;
  packet.addresses.set(words);
  [packet.srcPort, packet.dstPort] = ports;
  return packet;
}

const ends = [
  fc.array(word, { minLength: 8, maxLength: 8 }),
  fc.tuple(port, port),
  fc.integer({ min: 1, max: 64 }),
] as const;

test('both directions of a flow have one share', () => {
  fc.assert(
    fc.property(...ends, (words, ports, count) => {
      const packet = packetOf(words, ports);
      const share = shareOf(packet, count);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThan(count);
      const answer = packetOf([...words.slice(4), ...words.slice(0, 4)], [ports[1], ports[0]]);
      expect(shareOf(answer, count)).toBe(share);
    }),
  );
});

test('the packet that an ICMP error quotes has the share of its flow', () => {
  fc.assert(
    fc.property(...ends, (words, ports, count) => {
      const error = new Packet();
      error.protocol = ICMP;
      expect(shareOfQuoted(error, count)).toBe(-1);
      error.quotedIpVersion = 6;
      error.quotedAddresses.set(words);
      [error.quotedSrcPort, error.quotedDstPort] = ports;
      expect(shareOfQuoted(error, count)).toBe(shareOf(packetOf(words, ports), count));
    }),
  );
});

test('connections of one pair of hosts are shared out evenly', () => {
  const counts = [0, 0, 0, 0];
  const hosts = [0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002];
  for (let client = 32_768; client < 60_999; client++) counts[shareOf(packetOf(hosts, [client, 80]), 4)]++;
  for (const count of counts) expect(count / 28_231).toBeCloseTo(0.25, 1);
});
