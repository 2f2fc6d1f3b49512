import type { Direction } from '../direction.ts';
import type { Transport } from '../protocol.ts';
import type { Random } from './random.ts';
import type { Piece } from './verdicts.ts';

const MAX_SEGMENTS = 12;

/** Payload of no protocol that is known, and how it travels. */
export interface ForeignPayload {
  readonly name: string;
  readonly transport: Transport;
  /** Verdicts that are right all the same. */
  readonly right: readonly string[];
  /** What one side sends; cut into segments of its own. */
  make(random: Random): Buffer;
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** Compressed image data: 0xff is followed by 0 (ITU T.81 B.1.1.5). */
function entropyCoded(random: Random, length: number): Buffer {
  const bytes = random.bytes(length);
  for (let i = 0; i + 1 < length; i++) if (bytes[i] === 0xff) bytes[i + 1] = 0;
  return bytes;
}

/** SOI, JFIF, a quantisation table, start of frame and scan, image data. */
function jpeg(random: Random): Buffer {
  const segment = (marker: number, content: Buffer) =>
    Buffer.concat([Buffer.from([0xff, marker]), u16(content.length + 2), content]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x02\0\0\x01\0\x01\0\0', 'latin1')),
    segment(0xdb, Buffer.concat([Buffer.from([0]), random.bytes(64)])),
    segment(
      0xc0,
      Buffer.concat([Buffer.from([8]), u16(1080), u16(1920), Buffer.from([3, 1, 0x22, 0, 2, 17, 1, 3, 17, 1])]),
    ),
    segment(0xda, Buffer.from([3, 1, 0, 2, 17, 3, 17, 0, 63, 0])),
    entropyCoded(random, 2000 + random.below(4000)),
  ]);
}

/** NAL units of H.264 as in MP4: four bytes of length, one of type, slice data (ISO/IEC 14496-15 5.3). */
function mp4(random: Random): Buffer {
  const units = Array.from({ length: 3 + random.below(12) }, () => {
    const length = 20 + random.below(1200);
    return Buffer.concat([
      u32(length),
      Buffer.from([[0x65, 0x41, 0x01, 0x06][random.below(4)]]),
      random.bytes(length - 1),
    ]);
  });
  const box = (type: string, content: Buffer) => Buffer.concat([u32(content.length + 8), Buffer.from(type), content]);
  const head =
    random.below(2) === 0 ? box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1')) : Buffer.alloc(0);
  return Buffer.concat([head, ...(head.length > 0 ? [box('mdat', Buffer.concat(units))] : units)]);
}

/** Packets of 188 bytes that start with 0x47 (ISO/IEC 13818-1 2.4.3). */
function transportStream(random: Random): Buffer {
  const packets = Array.from({ length: 7 * (1 + random.below(3)) }, (_, i) =>
    Buffer.concat([Buffer.from([0x47, 0x01, random.below(256), 0x10 | (i & 15)]), random.bytes(184)]),
  );
  return Buffer.concat(packets);
}

/** RTP with H.264 (RFC 3550 5.1, RFC 6184). */
function rtp(random: Random): Buffer {
  const head = Buffer.from([0x80, 96 | (random.below(2) << 7)]);
  return Buffer.concat([
    head,
    random.bytes(2),
    random.bytes(8),
    Buffer.from([0x7c, 0x85]),
    random.bytes(200 + random.below(900)),
  ]);
}

function tlsData(random: Random): Buffer {
  const records = Array.from({ length: 1 + random.below(4) }, () => {
    const length = 24 + random.below(2000);
    return Buffer.concat([Buffer.from([0x17, 3, 3]), u16(length), random.bytes(length)]);
  });
  return Buffer.concat(records);
}

const noise = (random: Random) => random.bytes(1 + random.below(3000));
/** Bytes of small value, as counters and flags in binary protocols have them. */
const sparse = (random: Random) =>
  random.bytes(16 + random.below(600)).map((byte) => (byte & 0x80 ? 0 : byte & 0x1f)) as Buffer;
const letters = (random: Random) => random.bytes(16 + random.below(600)).map((byte) => 0x20 + (byte % 95)) as Buffer;
const words = 'the of and value=1 id: 42 GETTING started INFO user [ok] 200 {"a":1} error\r\n PUT away, HELO\n'.split(
  ' ',
);
const prose = (random: Random) =>
  Buffer.from(Array.from({ length: 20 + random.below(100) }, () => words[random.below(words.length)]).join(' '));

export const foreignPayloads: readonly ForeignPayload[] = [
  { name: 'random bytes', transport: 'tcp', right: [], make: noise },
  { name: 'random bytes', transport: 'udp', right: [], make: (random) => random.bytes(1 + random.below(1400)) },
  { name: 'random small values', transport: 'tcp', right: [], make: sparse },
  { name: 'random small values', transport: 'udp', right: [], make: sparse },
  { name: 'random printable characters', transport: 'tcp', right: [], make: letters },
  { name: 'words, log lines', transport: 'tcp', right: [], make: prose },
  { name: 'words, log lines', transport: 'udp', right: [], make: prose },
  { name: 'TLS application data', transport: 'tcp', right: ['tls'], make: tlsData },
  { name: 'JPEG', transport: 'tcp', right: [], make: jpeg },
  { name: 'MP4 with H.264', transport: 'tcp', right: [], make: mp4 },
  { name: 'MPEG transport stream', transport: 'tcp', right: [], make: transportStream },
  { name: 'MPEG transport stream', transport: 'udp', right: [], make: transportStream },
  { name: 'RTP with H.264', transport: 'udp', right: [], make: rtp },
];

/**
 * One conversation of such payload: from one side or both, cut into segments; where it is a stream, one in two is picked up
 * somewhere in the middle.
 */
export function foreignTalk(payload: ForeignPayload, random: Random): Piece[] {
  const sides: Direction[] = random.below(3) === 0 ? [0, 1] : [random.below(2) as Direction];
  return sides.flatMap((direction) => {
    let bytes = payload.make(random);
    if (payload.transport === 'udp') return [{ direction, bytes }];
    if (random.below(2) === 0) bytes = bytes.subarray(random.below(bytes.length));
    const size = [1448, 512, 100 + random.below(1300)][random.below(3)];
    const segments = Math.min(MAX_SEGMENTS, Math.ceil(bytes.length / size));
    return Array.from({ length: segments }, (_, i) => ({ direction, bytes: bytes.subarray(i * size, (i + 1) * size) }));
  });
}
