import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../protocol.ts';
import { protocols } from '../registry.ts';
import { L7Engine } from './engine.ts';

const MIB = 1 << 20;
const SEGMENT = 1448;
/** For one segment or datagram each way, in CPU time of this thread. The best of three counts, as collecting garbage takes time too. */
const LIMIT_MS = 50;

const repeat = (unit: string | number[], length = MIB) => {
  const bytes = Buffer.from(unit as string, 'latin1');
  return Buffer.alloc(Math.floor(length / bytes.length) * bytes.length, bytes);
};
/** Heads that declare 1 GB, as the protocols write lengths: before, behind or among other fields, in both byte orders. */
const gigabyte = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
const be = [0x40, 0, 0, 0];
const le = [0, 0, 0, 0x40];

const endless: Record<string, Buffer> = {
  'one line without an end': repeat('A'),
  'header lines without an end': gigabyte('GET / HTTP/1.1\r\n', [...repeat('X-Header: value\r\n')]),
  'a status line and headers without an end': gigabyte('HTTP/1.1 200 OK\r\n', [...repeat('Set-Cookie: a=b\r\n')]),
  'empty lines': repeat('\r\n'),
  zeros: repeat([0]),
  ones: repeat([0xff]),
  'nested arrays of RESP': repeat('*1\r\n'),
  'nested maps of RESP': repeat('%1\r\n+a\r\n'),
  'nested JSON': repeat('{"a":['),
  'nested lists of Hessian': gigabyte(
    [0xda, 0xbb, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x70, 0],
    [...repeat([0x79])],
  ),
  'nested sequences of BER': repeat([0x30, 0x84, 0x3f, 0xff, 0xff, 0xff]),
  'nested structs of Thrift': gigabyte([0x80, 1, 0, 1, 0, 0, 0, 1, 0x61, 0, 0, 0, 1], [...repeat([0x0c, 0, 1])]),
  'nested structs of Tars': gigabyte([0, 0, 0xff, 0xff, 0x10, 1], [...repeat([0x0a])]),
  'nested documents of BSON': repeat([0xff, 0xff, 0, 0, 3, 0x61, 0]),
  'nested fields of protobuf': gigabyte('PRPC', [0, 1, 0, 0, 0, 0, 0xff, 0xff], [...repeat([0x0a, 0xff, 0xff, 3])]),
  'nested headers of FastCGI': repeat([1, 4, 0, 1, 0, 2, 0, 0, 0x7f, 0x7f]),
  'continuations of HTTP/2': gigabyte(
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82],
    [...repeat([0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82])],
  ),
  'small frames of HTTP/2': gigabyte('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [
    ...repeat([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x82]),
  ]),
  'short statements': repeat('SELECT 1;\n'),
  '1 GB, big-endian': gigabyte(be, be, be, be, [...repeat('x')]),
  '1 GB, little-endian': gigabyte(le, le, le, le, [...repeat('x')]),
  '1 GB behind a type': gigabyte([0x51], be, [...repeat('x')]),
  '1 GB of a bulk string': gigabyte('*2\r\n$3\r\nGET\r\n$1073741824\r\n', [...repeat('x')]),
  '1 GB of a body': gigabyte('PUT / HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n', [...repeat('x')]),
  '1 GB of a value': gigabyte('set k 0 0 1073741824\r\n', [...repeat('x')]),
  '1 GB of a message': gigabyte('PUB a 1073741824\r\n', [...repeat('x')]),
  '1 GB of MQTT': gigabyte([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61], [...repeat('x')]),
};

/** Slowest piece in ms, and the most that was held, when a protocol is given such bytes in both directions. */
function feed(protocol: Protocol, bytes: Uint8Array): { slowestMs: number; mostHeld: number; heldAtEnd: number } {
  const engine = new L7Engine({ request() {} }, { decodeAs: new Map([[1, protocol.name]]) }, [protocol]);
  const info = { transport: protocol.transports[0], ports: [2, 1] as const };
  const stream = info.transport === 'tcp' ? engine.openStream(info) : undefined;
  const datagrams = stream === undefined ? engine.openDatagrams(info) : undefined;
  let [slowestMs, mostHeld] = [0, 0];
  for (let at = 0; at < bytes.length; at += SEGMENT) {
    const end = Math.min(bytes.length, at + SEGMENT);
    const started = process.threadCpuUsage().user;
    for (const direction of [0, 1] as const) {
      stream?.segment(direction, at + 1, bytes, at, end, end - at, at, 16);
      datagrams?.datagram(direction, bytes, at, end, end - at, at);
    }
    slowestMs = Math.max(slowestMs, (process.threadCpuUsage().user - started) / 1000);
    mostHeld = Math.max(mostHeld, engine.stats.heldBytes);
  }
  stream?.close(bytes.length);
  datagrams?.close(bytes.length);
  return { slowestMs, mostHeld, heldAtEnd: engine.stats.heldBytes };
}

describe('a megabyte of hostile bytes', () => {
  it.each(protocols.map((protocol) => [`${protocol.name} over ${protocol.transports[0]}`, protocol] as const))(
    'neither stops %s nor stays in memory',
    (_, protocol) => {
      for (const [name, bytes] of Object.entries(endless)) {
        let result = feed(protocol, bytes);
        for (let again = 0; again < 2 && result.slowestMs > LIMIT_MS; again++) result = feed(protocol, bytes);
        expect(result.slowestMs, name).toBeLessThan(LIMIT_MS);
        expect(result.mostHeld, name).toBeLessThan(2 * 80 * 1024); // 64 KiB each way, and the segment at hand
        expect(result.heldAtEnd, name).toBe(0);
      }
    },
  );
});

describe('what becomes larger than it is', () => {
  const named = (name: string) => protocols.find((protocol) => protocol.name === name)!;

  it('is inflated no further than its first 256 KiB: compressed packets of MySQL', () => {
    const bomb = deflateSync(Buffer.alloc(16 * MIB));
    const head = Buffer.alloc(7);
    head.writeUIntLE(bomb.length, 0, 3);
    head.writeUIntLE(0xff_ffff, 4, 3);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 20; i++)
      expect(feed(named('mysql'), Buffer.concat([head, bomb])).slowestMs).toBeLessThan(LIMIT_MS);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
  });

  it('is not written out: 16,000 references to one long header of HTTP/2', () => {
    const value = Buffer.concat([Buffer.from([0x44, 0x7f, 0xa1, 0x1e]), repeat('a', 4000)]); // :path, indexed from now on
    const block = Buffer.concat([value, Buffer.alloc(16_384 - value.length, 0xbe)]);
    const frame = Buffer.concat([Buffer.from([0, 0x40, 0, 1, 5, 0, 0, 0, 1]), block]);
    const bytes = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), ...Array(20).fill(frame)]);
    const before = process.memoryUsage().heapUsed;
    expect(feed(named('http2'), bytes).slowestMs).toBeLessThan(LIMIT_MS);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * MIB);
  });
});
