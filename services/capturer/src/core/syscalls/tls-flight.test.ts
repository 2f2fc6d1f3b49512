import { expect, it } from 'vitest';
import { endOfHandshake } from './tls-flight.ts';

const record = (type: number, length: number) => [type, 3, 3, length >> 8, length & 0xff, ...new Uint8Array(length)];
const changeCipherSpec = record(20, 1);
/** Finished of TLS_AES_256_GCM_SHA384: type and length 4, hash 48, content type 1, tag 16. */
const finished = record(23, 69);
const message = record(23, 200);
const ends = (...records: number[][]) => {
  const bytes = Uint8Array.from([0xff, ...records.flat()]);
  return endOfHandshake(bytes, 1, bytes.length);
};

it('finds the message behind the end of the handshake', () => {
  expect(ends(changeCipherSpec, finished, message)).toBe(80);
});

it('finds none in the end of the handshake alone, in messages, and in what is cut', () => {
  expect(ends(changeCipherSpec, finished)).toBe(0);
  expect(ends(message, message)).toBe(0);
  expect(ends(record(22, 100), message)).toBe(0);
  for (let length = 0; length < 80; length++) {
    const bytes = Uint8Array.from([...changeCipherSpec, ...finished, ...message]).subarray(0, length);
    expect(endOfHandshake(bytes, 0, length)).toBe(0);
  }
});
