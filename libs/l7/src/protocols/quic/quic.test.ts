import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { CLIENT_HELLO, SERVER_HELLO } from '../../testing/tls-hellos.ts';
import { detect } from './detect.ts';
import { quic } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
interface Keys {
  key: string;
  iv: string;
  hp: string;
}
// RFC 9001 A.1
const clientKeys: Keys = {
  key: '1f369613dd76d5467730efcbe3b1a22d',
  iv: 'fa044b2f42a3fd3b46fb255c',
  hp: '9f50449e04a0e810283a1e9933adedd2',
};
const serverKeys: Keys = {
  key: 'cf3a5331653c364c88f0f379b6067e37',
  iv: '0ac1493ca1905853b0bba03e',
  hp: 'c206b8d9b9f0f37644430b490eeaa314',
};

/** Protects a packet as RFC 9001 5 says; the header ends with the packet number. */
function protect(header: Buffer, numberBytes: number, payload: Buffer, { key, iv, hp }: Keys): Buffer {
  const nonce = hex(iv);
  for (let i = 1; i <= numberBytes; i++) nonce[12 - i] ^= header[header.length - i];
  const cipher = createCipheriv('aes-128-gcm', hex(key), nonce);
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  const masking = createCipheriv('aes-128-ecb', hex(hp), null).setAutoPadding(false);
  const mask = masking.update(sealed.subarray(4 - numberBytes, 20 - numberBytes));
  const result = Buffer.from(header);
  result[0] ^= mask[0] & 0x0f;
  for (let i = 0; i < numberBytes; i++) result[header.length - numberBytes + i] ^= mask[1 + i];
  return Buffer.concat([result, sealed]);
}

const crypto = Buffer.concat([hex('060040f1'), CLIENT_HELLO]);
const INITIAL = protect(
  hex('c3 00000001 08 8394c8f03e515708 00 00 449e 00000002'),
  4,
  Buffer.concat([crypto, Buffer.alloc(1162 - crypto.length)]),
  clientKeys,
);
// Numbers of A.3, with the ServerHello of RFC 8448: ACK, CRYPTO
const answer = Buffer.concat([hex('0200000000 0600405a'), SERVER_HELLO]);
const ANSWER = protect(
  Buffer.concat([hex('c1 00000001 00 08 f067a5502a4262b5 00 40'), Buffer.from([answer.length + 18]), hex('0001')]),
  2,
  answer,
  serverKeys,
);
const udp = { transport: 'udp', ports: [40_000, 443], protocols: [quic] } as const;
const handshake: Turn[] = [
  { direction: 0, bytes: INITIAL },
  { direction: 1, bytes: ANSWER },
];

describe('QUIC', () => {
  it('tests with the packet of RFC 9001 A.2', () => {
    expect(INITIAL.length).toBe(1200);
    expect(INITIAL.subarray(0, 38).toString('hex')).toBe(
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b'.slice(0, 76),
    );
  });

  it('opens Initial packets of both sides', () => {
    const [row] = play(handshake, udp).recorder.requests;
    expect(row).toMatchObject({
      protocol: 'quic',
      version: '1',
      request_type: 'Initial',
      request_domain: 'example.com',
      response_status: 'ok',
      response_result: 'TLS_AES_128_GCM_SHA256',
      start_us: 1000,
      end_us: 2000,
    });
  });

  it('reports the version of a packet that the capture cut', () => {
    const { engine, recorder } = play([], udp);
    const connection = engine.openDatagrams(udp);
    connection.datagram(0, INITIAL, 0, 200, INITIAL.length, 1000);
    connection.close(1000);
    expect(recorder.requests.map((row) => [row.version, row.request_domain])).toEqual([['1', '']]);
  });

  it('knows no packet by its first bit alone', () => {
    expect(detect(INITIAL, 0, 1200, 0, 1200)).toBe(Verdict.sure);
    const other = Buffer.from(INITIAL);
    other[4] = 9;
    expect(detect(other, 0, 1200, 0, 1200)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(quic, [handshake], 1000).heldAtEnd).toBe(0);
  });
});
