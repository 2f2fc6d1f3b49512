import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureWriter, readFrames } from './capture-file.ts';
import { dataDir } from './data.ts';
import { referenceCapture } from './reference-capture.ts';

/** Rewrites an Ethernet/IPv4 frame of the reference capture, of which `frame` is captured; `wireBytes` is its whole length. */
type Rewrite = (frame: Uint8Array, wireBytes: number) => Uint8Array;

const rewrites: Record<string, Rewrite> = {
  /** Each frame with an 802.1Q tag. */
  vlan: (frame) => concat(frame.subarray(0, 12), [0x81, 0x00, 0x00, 0x2a], frame.subarray(12)),
  /** IPv4 headers exchanged for IPv6 ones (2001:db8::/96 and the old address). */
  ipv6: (frame) => {
    const header = new Uint8Array(40);
    const ihl = (frame[14] & 15) * 4;
    const payload = (frame[16] << 8) + frame[17] - ihl;
    header.set([0x60, 0, 0, 0, payload >> 8, payload & 255, frame[23], frame[22]]);
    header.set([0x20, 0x01, 0x0d, 0xb8], 8);
    header.set(frame.subarray(26, 30), 20);
    header.set([0x20, 0x01, 0x0d, 0xb8], 24);
    header.set(frame.subarray(30, 34), 36);
    return concat(frame.subarray(0, 12), [0x86, 0xdd], header, frame.subarray(14 + ihl));
  },
  /** Each frame in VXLAN (RFC 7348), VNI 42, between two hosts. */
  vxlan: (frame, wireBytes) => {
    const udp = wireBytes + 16;
    const ip = udp + 20;
    const outer = [0x45, 0, ip >> 8, ip & 255, 0, 0, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    const header = [0xc0, 0x01, 0x12, 0xb5, udp >> 8, udp & 255, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0];
    return concat(frame.subarray(0, 12), [0x08, 0x00], outer, header, frame);
  },
  /** Each frame in Geneve (RFC 8926) as OVN sends it, with its option, between two hosts. */
  geneve: (frame, wireBytes) => {
    const udp = wireBytes + 24;
    const ip = udp + 20;
    const outer = [0x45, 0, ip >> 8, ip & 255, 0, 0, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    const tunnel = [0xc0, 0x01, 0x17, 0xc1, udp >> 8, udp & 255, 0, 0, 2, 0x40, 0x65, 0x58, 0, 0, 42, 0];
    return concat(frame.subarray(0, 12), [0x08, 0x00], outer, tunnel, [1, 2, 0x80, 1, 0, 1, 0, 2], frame);
  },
};

const SYNTHETIC_PACKETS = 6_000_000;

/** UDP datagrams of 64-byte frames between 10,000 pairs; `short` instead gives every four packets a flow of their own. */
function synthetic(file: string, kind: string): void {
  const writer = new CaptureWriter(file);
  const frame = new Uint8Array(64);
  frame.set([
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 50, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 1, 0, 1,
  ]);
  frame.set([0, 0, 0x17, 0x70, 0, 30], 34);
  for (let n = 0; n < SYNTHETIC_PACKETS; n++) {
    const flow = kind === 'udp64' ? n % 10_000 : n >> 2;
    frame[28] = flow >> 16;
    frame[29] = flow >> 8;
    frame[34] = 0x40 | ((flow >> 3) & 0x3f);
    frame[35] = flow;
    writer.write(n * 2, frame, frame.length);
  }
  writer.close();
}

/** A capture of that kind, made once from the reference or from nothing: plain, vlan, ipv6, vxlan, geneve, udp64 or short. */
export async function variantCapture(variant: string, seconds = 40): Promise<string> {
  if (variant === 'plain') return referenceCapture(seconds);
  const isSynthetic = variant === 'udp64' || variant === 'short';
  if (!isSynthetic && !rewrites[variant])
    throw new Error(`no variant ${variant}: plain, ${Object.keys(rewrites).join(', ')}, udp64, short`);
  const file = join(dataDir(), isSynthetic ? `${variant}.pcap` : `${variant}-${seconds}s.pcap`);
  if (existsSync(file)) return file;
  if (isSynthetic) synthetic(`${file}.part`, variant);
  else {
    const writer = new CaptureWriter(`${file}.part`);
    for (const { timeUs, frame, wireBytes } of readFrames(await referenceCapture(seconds))) {
      const rewritten = rewrites[variant](frame, wireBytes);
      writer.write(timeUs, rewritten, wireBytes + rewritten.length - frame.length);
    }
    writer.close();
  }
  renameSync(`${file}.part`, file);
  return file;
}

function concat(...parts: ArrayLike<number>[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
