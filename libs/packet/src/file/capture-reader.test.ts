import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { be16, be32, hex, join } from '../testing/build.ts';
import { CaptureReader } from './capture-reader.ts';

interface Seen {
  timeUs: number;
  nanos: number;
  captured: string;
  wireBytes: number;
  linkType: number;
  interfaceId: number;
}

/** All frames of a file given in pieces of `step` bytes, and the error as reason and offset. */
function read(file: Uint8Array, step = file.length || 1, bufferBytes = 64) {
  const reader = new CaptureReader({ bufferBytes });
  const frames: Seen[] = [];
  for (let at = 0; at < file.length; at += step) {
    reader.push(file.subarray(at, at + step));
    while (reader.next()) {
      const { bytes, start, capturedBytes, timeUs, nanosPastUs, wireBytes, linkType, interfaceId } = reader.frame;
      const captured = Buffer.from(bytes.subarray(start, start + capturedBytes)).toString('hex');
      frames.push({ timeUs, nanos: nanosPastUs, captured, wireBytes, linkType, interfaceId });
    }
  }
  reader.end();
  return { frames, error: reader.error && `${reader.error.reason} ${reader.error.offset}`, reader };
}

/** Integers in the byte order of the file. */
const le = (...values: number[]) => join(...values.map((value) => be32(value).reverse()));
const words = { little: le, big: be32 };
type Order = keyof typeof words;

function pcap(order: Order, magic: number, records: Uint8Array, network = 1, version = 0x0002_0004): Uint8Array {
  const [major, minor] = [version >>> 16, version & 0xffff];
  const versions = order === 'big' ? be16(major, minor) : join(be16(major).reverse(), be16(minor).reverse());
  return join(words[order](magic), versions, words[order](0, 0, 65_535, network), records);
}

const body = hex('0102030405');
const record = (order: Order, seconds: number, fraction: number, extra = hex('')) =>
  join(words[order](seconds, fraction, 5, 60), extra, body);
const frame = (timeUs: number, nanos = 0, interfaceId = 0): Seen => ({
  timeUs,
  nanos,
  captured: '0102030405',
  wireBytes: 60,
  linkType: 1,
  interfaceId,
});

describe.each(['little', 'big'] as const)('pcap in %s endian', (order) => {
  test('has microseconds', () => {
    const file = pcap(order, 0xa1b2c3d4, join(record(order, 1_700_000_000, 999_999), record(order, 0xffffffff, 1)));
    expect(read(file)).toMatchObject({
      frames: [frame(1_700_000_000_999_999), frame(4_294_967_295_000_001)],
      error: null,
    });
  });

  test('has nanoseconds by another magic number', () => {
    const file = pcap(order, 0xa1b23c4d, record(order, 1_700_000_000, 123_456_789));
    expect(read(file).frames).toEqual([frame(1_700_000_000_123_456, 789)]);
  });

  test('has eight more bytes per record where it is modified', () => {
    const file = pcap(order, 0xa1b2cd34, record(order, 1, 2, join(words[order](3), hex('0800 00 00'))));
    expect(read(file).frames).toEqual([frame(1_000_002, 0, 3)]);
  });

  test('before version 2.4 may have its two lengths swapped', () => {
    const swapped = join(words[order](1, 2, 60, 5), body);
    expect(read(pcap(order, 0xa1b2c3d4, swapped, 1, 0x0002_0003)).frames).toEqual([frame(1_000_002)]);
  });
});

describe('pcap', () => {
  const good = pcap('little', 0xa1b2c3d4, record('little', 1, 2));

  test('tells where it is cut', () => {
    expect(read(good.subarray(0, 44))).toMatchObject({ frames: [], error: 'cut_short 24' });
    expect(read(join(good, le(1, 2, 5)))).toMatchObject({ frames: [frame(1_000_002)], error: 'cut_short 45' });
    expect(read(good.subarray(0, 20)).error).toBe('cut_short 0');
  });

  test('with a record that no writer makes ends there', () => {
    expect(read(join(good, le(1, 2, 262_145, 262_145))).error).toBe('bad_length 45');
  });

  test('of another version, or with reserved bits in the link type, is refused', () => {
    expect(read(pcap('little', 0xa1b2c3d4, body, 1, 0x0003_0000)).error).toBe('version 0');
    expect(read(pcap('little', 0xa1b2c3d4, body, 0x0010_0001)).error).toBe('link_type 0');
  });

  test('may tell the length of the frame check sequence beside the link type', () => {
    expect(read(pcap('little', 0xa1b2c3d4, record('little', 1, 2), 0x2400_0001)).frames).toEqual([frame(1_000_002)]);
  });
});

describe.each(['little', 'big'] as const)('pcapng in %s endian', (order) => {
  const w = words[order];
  const half = (value: number) => (order === 'big' ? be16(value) : be16(value).reverse());
  const block = (type: number, ...content: Uint8Array[]) => {
    const padded = join(...content, new Uint8Array(-join(...content).length & 3));
    return join(w(type, padded.length + 12), padded, w(padded.length + 12));
  };
  const option = (code: number, value: Uint8Array) =>
    join(half(code), half(value.length), value, new Uint8Array(-value.length & 3));
  const section = block(0x0a0d0d0a, w(0x1a2b3c4d), half(1), half(0), w(0xffffffff, 0xffffffff));
  const description = (linkType: number, ...options: Uint8Array[]) =>
    block(1, half(linkType), half(0), w(65_535), ...options);
  const enhanced = (id: number, high: number, low: number) => block(6, w(id, high, low, 5, 60), body);
  const ethernet = description(1);

  test('has enhanced, simple and obsolete packets, and blocks that are skipped', () => {
    const simple = block(3, w(60), body, new Uint8Array(55));
    const obsolete = block(2, half(0), half(7), w(0x60a0b, 0x12345678, 5, 60), body);
    const file = join(section, ethernet, enhanced(0, 0x60a0b, 0x12345678), block(5, w(0, 0, 0)), simple, obsolete);
    const time = 0x60a0b * 2 ** 32 + 0x12345678;
    const { frames, error } = read(file);
    expect(error).toBeNull();
    expect(frames).toEqual([frame(time), { ...frame(time), captured: `0102030405${'00'.repeat(55)}` }, frame(time)]);
  });

  test('has interfaces of their own resolution, offset, link type and name', () => {
    const nanoseconds = description(
      113,
      option(2, hex('65746830')),
      option(9, hex('09')),
      option(14, w(...(order === 'big' ? [0, 10] : [10, 0]))),
    );
    const file = join(section, ethernet, nanoseconds, enhanced(1, 0, 1_234_567_891), enhanced(0, 0, 5));
    const { frames, reader } = read(file);
    expect(frames).toEqual([{ ...frame(11_234_567, 891, 1), linkType: 113 }, frame(5)]);
    expect(reader.interfaceName).toBe('');
    const again = new CaptureReader();
    again.push(file);
    again.next();
    expect(again.interfaceName).toBe('eth0');
  });

  test('forgets its interfaces at a new section', () => {
    const file = join(section, ethernet, ethernet, enhanced(1, 0, 1), section, ethernet, enhanced(1, 0, 2));
    expect(read(file)).toMatchObject({ frames: [frame(1, 0, 1)], error: expect.stringMatching(/^no_interface/) });
  });

  test('cuts a simple packet at the snap length of its interface', () => {
    const short = block(1, half(1), half(0), w(3));
    const file = join(section, short, block(3, w(60), hex('010203')));
    expect(read(file).frames).toEqual([{ ...frame(0), captured: '010203' }]);
  });

  test.each([
    ['a version to come', block(0x0a0d0d0a, w(0x1a2b3c4d), half(2), half(0), w(0, 0)), 'version 0'],
    ['no byte-order magic', block(0x0a0d0d0a, w(0x11111111), half(1), half(0), w(0, 0)), 'bad_block 0'],
    ['a block of 8 bytes', join(section, w(6, 8, 8)), 'bad_length 28'],
    ['a block of 17 MB', join(section, w(6, 17_000_000, 8)), 'bad_length 28'],
    ['two lengths that differ', join(section, w(5, 12, 16)), 'bad_length 28'],
    ['more packet than block', join(section, ethernet, block(6, w(0, 0, 0, 6, 6))), 'bad_length 48'],
    ['a packet without interface', join(section, enhanced(0, 0, 0)), 'no_interface 28'],
    ['an option past its block', join(section, description(1, half(2), half(400))), 'bad_block 28'],
    ['a cut block', join(section, ethernet.subarray(0, 16)), 'cut_short 28'],
  ])('with %s tells so, and where', (_, file, error) => {
    expect(read(file).error).toBe(error);
  });

  test('gives the same frames in pieces of any size', () => {
    const file = join(section, ethernet, enhanced(0, 1, 2), block(0x40000bad, hex('0102')), enhanced(0, 3, 4));
    const whole = read(file).frames;
    expect(whole).toHaveLength(2);
    for (let step = 1; step < 40; step++) expect(read(file, step).frames).toEqual(whole);
  });
});

describe('a file that is no capture', () => {
  test.each([
    ['empty', hex(''), 'empty 0'],
    ['too short', hex('d4c3b2'), 'not_a_capture 0'],
    ['something else', hex('7f454c46 02010100'), 'not_a_capture 0'],
    ['gzip', hex('1f8b0800 00000000'), 'compressed 0'],
    ['zstd', hex('28b52ffd 00000000'), 'compressed 0'],
  ])('but %s is told so', (_, file, error) => {
    expect(read(file).error).toBe(error);
  });

  test('does not grow memory', () => {
    const reader = new CaptureReader({ bufferBytes: 64 });
    for (let i = 0; i < 1000; i++) {
      reader.push(new Uint8Array(1024).fill(1));
      expect(reader.next()).toBe(false);
    }
    expect(reader.reserve(1).length).toBeLessThan(10_000);
  });
});

test('any bytes behind a good header end with frames and a reason, never with an exception', () => {
  const start = fc.constantFrom(
    pcap('little', 0xa1b2c3d4, hex('')),
    be32(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00010000, 0, 0, 28),
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (head, tail, step) => {
      const { frames, error } = read(join(head, tail), step);
      expect(frames.length * 16).toBeLessThanOrEqual(tail.length);
      if (error !== null) expect(error).toMatch(/^(cut_short|bad_length|bad_block|no_interface|version) \d+$/);
    }),
  );
});
