import { expect, test } from 'vitest';
import { ipText, parseIp } from './ip.ts';

const read = (text: string) => {
  const words = new Uint32Array(4);
  return parseIp(text, words, 0) ? ipText(words, 0) : undefined;
};

test('IPv6 is written as RFC 5952 recommends', () => {
  // Inputs and results of RFC 5952 sections 1, 2 and 4.
  expect(read('2001:db8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
  expect(read('2001:0db8::0001')).toBe('2001:db8::1');
  expect(read('2001:db8:0:0:0:0:2:1')).toBe('2001:db8::2:1');
  expect(read('2001:db8::1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
  expect(read('2001:0:0:1:0:0:0:1')).toBe('2001:0:0:1::1');
  expect(read('2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA')).toBe('2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa');
  expect(read('::1')).toBe('::1');
  expect(read('fe80::')).toBe('fe80::');
});

test('IPv4 stands as ::ffff:a.b.c.d and is written dotted', () => {
  expect(read('10.0.0.255')).toBe('10.0.0.255');
  expect(read('::ffff:192.0.2.1')).toBe('192.0.2.1');
  const words = new Uint32Array(8);
  expect(parseIp('255.254.1.0', words, 1)).toBe(true);
  expect([...words]).toEqual([0, 0, 0, 0, 0, 0, 0xffff, 0xfffe0100]);
});

test('an all-zero address is absent', () => {
  expect(ipText(new Uint32Array(4), 0)).toBe('');
});

test.each([
  '',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.4.5',
  '::1::',
  ':1',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2:3:4:5:6:7:8',
  'g::',
  '12345::',
  'fe80::1%eth0',
  '::1.2.3.4.5',
  '1.2.3.4::',
  ' ::1',
  `${'0:'.repeat(1000)}1`,
])('%j is no address', (text) => {
  expect(read(text)).toBeUndefined();
});
