/**
 * CPU time of decoding, without file, flow table and output: `node libs/packet/src/testing/decode-benchmark.ts`. Expected on
 * the reference machine: plain TCP under 30 ns, so that it is a small part of the 150 ns per packet that 6 M packets/s leave.
 */
import { PacketDecoder } from '../decoder.ts';
import { LinkType } from '../link/link-type.ts';
import { Packet } from '../packet.ts';
import { be32, ethernet, hex, ipv4, ipv6, join, tcp, udp, vlan, vxlan } from './build.ts';

const FRAMES = 1024;
const ROUNDS = 10_000_000;
const timestamps = hex('0101080a 00000001 00000002');

const variants: Record<string, (n: number) => Uint8Array> = {
  'TCP/IPv4': (n) => ethernet(0x0800, segment4(n)),
  'UDP/IPv4, 64 bytes': (n) => ethernet(0x0800, ipv4(17, udp(1024 + n, 53, new Uint8Array(18)))),
  'TCP/IPv6': (n) => ethernet(0x86dd, ipv6(6, segment(n))),
  'TCP/IPv4/VLAN': (n) => ethernet(0x8100, vlan(100, 0x0800, segment4(n))),
  'TCP/IPv4 in VXLAN': (n) => ethernet(0x0800, ipv4(17, vxlan(n, ethernet(0x0800, segment4(n))))),
  'TCP/IPv4 in Geneve': (n) => {
    const header = join(be32(0x02006558, 5 << 8), hex('01028001 00010002'));
    return ethernet(0x0800, ipv4(17, udp(50_000, 6081, join(header, ethernet(0x0800, segment4(n))))));
  },
};

function segment(n: number): Uint8Array {
  return tcp(new Uint8Array(n & 127), { src: 1024 + n, seq: (n * 0x01234567) >>> 0, options: timestamps });
}

function segment4(n: number): Uint8Array {
  return ipv4(6, segment(n), { src: 0x0a000000 + n });
}

function measure(build: (n: number) => Uint8Array): number {
  const frames = Array.from({ length: FRAMES }, (_, n) => build(n));
  const bytes = join(...frames);
  const starts = new Int32Array(FRAMES);
  const lengths = new Int32Array(FRAMES);
  let at = 0;
  for (const [n, frame] of frames.entries()) {
    starts[n] = at;
    lengths[n] = frame.length;
    at += frame.length;
  }
  const decoder = new PacketDecoder();
  const packet = new Packet();
  let sum = 0;
  const run = (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      const n = i & (FRAMES - 1);
      decoder.decode(packet, bytes, starts[n], lengths[n], lengths[n], 1.7e15 + i, LinkType.ethernet);
      sum += packet.seq + packet.payloadBytes + packet.srcPort;
    }
  };
  run(1_000_000);
  const before = process.cpuUsage();
  run(ROUNDS);
  const { user, system } = process.cpuUsage(before);
  if (sum === 0) throw new Error('nothing was decoded');
  return ((user + system) * 1000) / ROUNDS;
}

for (const [name, build] of Object.entries(variants))
  console.log(`${measure(build).toFixed(1).padStart(7)} ns  ${name}`);
