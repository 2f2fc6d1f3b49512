import { describe, expect, it } from 'vitest';
import { captureFilter, type FilterOptions, maxOwn, type OwnConnection } from './capture-filter.ts';
import { PACKET_OUTGOING } from './tpacket.ts';

const v4 = (text: string): number[] => [
  0,
  0,
  0xffff,
  text.split('.').reduce((word, part) => word * 256 + Number(part), 0),
];
const own: OwnConnection = { local: v4('10.0.0.1'), localPort: 40_000, remote: v4('10.0.0.2'), remotePort: 9092 };
const own6: OwnConnection = {
  local: [0x20010db8, 0, 0, 1],
  localPort: 40_001,
  remote: [0x20010db8, 0, 0, 2],
  remotePort: 6379,
};

/** What the kernel would know of a packet: BPF reads the network header at NETWORK, the rest at SKF_AD_OFF. */
interface Seen {
  network: Uint8Array;
  protocol?: number;
  packetType?: number;
  interface?: number;
}

/** Runs a program as filter.rst describes the machine; an independent reading of the same page. */
function run(program: Uint8Array, seen: Seen): number {
  const view = new DataView(program.buffer);
  const bytes = new DataView(seen.network.buffer);
  const memory = new Uint32Array(16);
  let a = 0;
  let x = 0;
  const load = (k: number, width: number): number => {
    const at = k | 0;
    if (at === -0x1000) return seen.protocol ?? 0x0800;
    if (at === -0x1000 + 4) return seen.packetType ?? 0;
    if (at === -0x1000 + 8) return seen.interface ?? 2;
    const offset = at + 0x100000;
    return width === 4 ? bytes.getUint32(offset) : width === 2 ? bytes.getUint16(offset) : bytes.getUint8(offset);
  };
  for (let at = 0; ; at++) {
    const [code, jt, jf, k] = [
      view.getUint16(at * 8, true),
      program[at * 8 + 2],
      program[at * 8 + 3],
      view.getUint32(at * 8 + 4, true),
    ];
    if (code === 0x20) a = load(k, 4);
    else if (code === 0x28) a = load(k, 2);
    else if (code === 0x30) a = load(k, 1);
    else if (code === 0x40) a = load(x + (k | 0), 4);
    else if (code === 0xb1) x = (load(k, 1) & 15) * 4;
    else if (code === 0x01) x = k;
    else if (code === 0x02) memory[k] = a;
    else if (code === 0x60) a = memory[k];
    else if (code === 0x05) at += k;
    else if (code === 0x15) at += a >>> 0 === k ? jt : jf;
    else if (code === 0x45) at += (a & k) !== 0 ? jt : jf;
    else if (code === 0x06) return k;
    else throw new Error(`unknown instruction 0x${code.toString(16)}`);
  }
}

function tcp4(
  from: OwnConnection['local'],
  fromPort: number,
  to: OwnConnection['local'],
  toPort: number,
  more: { ihl?: number; protocol?: number; fragment?: number } = {},
): Uint8Array {
  const packet = new DataView(new ArrayBuffer(80));
  const ihl = more.ihl ?? 5;
  packet.setUint8(0, 0x40 | ihl);
  packet.setUint16(6, more.fragment ?? 0);
  packet.setUint8(9, more.protocol ?? 6);
  packet.setUint32(12, from[3]);
  packet.setUint32(16, to[3]);
  packet.setUint16(ihl * 4, fromPort);
  packet.setUint16(ihl * 4 + 2, toPort);
  return new Uint8Array(packet.buffer);
}

function tcp6({ local, localPort, remote, remotePort }: OwnConnection): Uint8Array {
  const packet = new DataView(new ArrayBuffer(80));
  packet.setUint8(0, 0x60);
  packet.setUint8(6, 6);
  for (const [i, word] of local.entries()) packet.setUint32(8 + 4 * i, word);
  for (const [i, word] of remote.entries()) packet.setUint32(24 + 4 * i, word);
  packet.setUint16(40, localPort);
  packet.setUint16(42, remotePort);
  return new Uint8Array(packet.buffer);
}

const filter = (options: Partial<FilterOptions>) => captureFilter({ snaplen: 96, loopback: 1, own: [], ...options });

describe('captureFilter', () => {
  it('takes everything when there is nothing to leave out', () => {
    expect(run(filter({}), { network: tcp4(v4('1.1.1.1'), 1, v4('2.2.2.2'), 2) })).toBe(96);
    expect(run(filter({}), { network: new Uint8Array(80), protocol: 0x0806 })).toBe(96);
  });

  it('takes packets of the loopback interface once: as they come in', () => {
    const network = tcp4(v4('127.0.0.1'), 1, v4('127.0.0.1'), 2);
    expect(run(filter({}), { network, interface: 1, packetType: PACKET_OUTGOING })).toBe(0);
    expect(run(filter({}), { network, interface: 1, packetType: 0 })).toBe(96);
    expect(run(filter({}), { network, interface: 2, packetType: PACKET_OUTGOING })).toBe(96);
  });

  it('takes packets of chosen interfaces alone, and none where none is chosen', () => {
    const network = tcp4(v4('1.1.1.1'), 1, v4('2.2.2.2'), 2);
    const chosen = filter({ interfaces: [3, 7] });
    expect([2, 3, 5, 7].map((index) => run(chosen, { network, interface: index }))).toEqual([0, 96, 0, 96]);
    expect(run(filter({ interfaces: [] }), { network, interface: 3 })).toBe(0);
    const others = filter({ except: [3, 7] });
    expect([2, 3, 5, 7].map((index) => run(others, { network, interface: index }))).toEqual([96, 0, 96, 0]);
  });

  it('leaves out own connections in both directions, also behind IPv4 options', () => {
    const program = filter({ own: [own] });
    const { local, localPort, remote, remotePort } = own;
    expect(run(program, { network: tcp4(local, localPort, remote, remotePort) })).toBe(0);
    expect(run(program, { network: tcp4(remote, remotePort, local, localPort) })).toBe(0);
    expect(run(program, { network: tcp4(local, localPort, remote, remotePort, { ihl: 7 }) })).toBe(0);
  });

  it('takes connections of others to the same server, UDP on the same ports, and later fragments', () => {
    const program = filter({ own: [own] });
    const { local, localPort, remote, remotePort } = own;
    expect(run(program, { network: tcp4(local, 40_002, remote, remotePort) })).toBe(96);
    expect(run(program, { network: tcp4(v4('10.0.0.3'), localPort, remote, remotePort) })).toBe(96);
    expect(run(program, { network: tcp4(local, localPort, remote, remotePort, { protocol: 17 }) })).toBe(96);
    expect(run(program, { network: tcp4(local, localPort, remote, remotePort, { fragment: 100 }) })).toBe(96);
  });

  it('leaves out own connections over IPv6', () => {
    const program = filter({ own: [own, own6] });
    expect(run(program, { network: tcp6(own6), protocol: 0x86dd })).toBe(0);
    expect(run(program, { network: tcp6({ ...own6, remote: [0x20010db8, 0, 1, 2] }), protocol: 0x86dd })).toBe(96);
  });

  it('stays under the 4096 instructions of the kernel with as many connections as it takes', () => {
    const many = Array.from({ length: maxOwn + 50 }, (_, i) => ({ ...(i % 2 ? own : own6), localPort: 10_000 + i }));
    const program = filter({ interfaces: Array.from({ length: 200 }, (_, i) => i + 2), own: many });
    expect(program.length / 8).toBeLessThan(4096);
    const last = many[maxOwn - 1];
    expect(run(program, { network: tcp4(last.local, last.localPort, last.remote, last.remotePort) })).toBe(0);
  });
});
