import { expect, test } from 'vitest';
import { idText, parseId } from './id.ts';
import { macText, parseMac } from './mac.ts';

test('an id is 16 lower-case hex digits, most significant first', () => {
  const words = new Uint32Array(4);
  expect(parseId('00f067AA0ba902b7', words, 1)).toBe(true);
  expect([...words]).toEqual([0, 0, 0x00f067aa, 0x0ba902b7]);
  expect(idText(words, 1)).toBe('00f067aa0ba902b7');
  expect(idText(words, 0)).toBe('');
  expect(parseId('00f067aa0ba902b', words, 0)).toBe(false);
});

test('a MAC address has colons and all of its 48 bits', () => {
  expect(parseMac('FF-FF-FF-FF-FF-FF')).toBe(2 ** 48 - 1);
  expect(macText(0x0242ac110002)).toBe('02:42:ac:11:00:02');
  expect(macText(parseMac('fe:dc:ba:98:76:54')!)).toBe('fe:dc:ba:98:76:54');
  expect(macText(0)).toBe('');
  expect(parseMac('02:42:ac:11:00')).toBeUndefined();
});
