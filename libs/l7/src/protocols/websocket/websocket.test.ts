import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play } from '../../testing/index.ts';
import { websocket } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const REQUEST =
  'GET /chat?token=planted HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n';
const RESPONSE = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
// RFC 6455 5.7: "Hello" unmasked, masked, in two fragments; a ping with its pong; 256 bytes
const HELLO = hex('81 05 48656c6c6f');
const MASKED = hex('81 85 37fa213d 7f9f4d5158');
const FRAGMENTS = hex('01 03 48656c 80 02 6c6f');
const PING = hex('89 05 48656c6c6f');
const PONG = hex('8a 85 37fa213d 7f9f4d5158');
const LONG = Buffer.concat([hex('82 7e 0100'), Buffer.alloc(256)]);
/** Close with 1009, masked with zeros, and unmasked. */
const CLOSE = hex('88 82 00000000 03f1');
const handshake = [
  { direction: 0, bytes: REQUEST },
  { direction: 1, bytes: RESPONSE },
] as const;

describe('WebSocket', () => {
  it('counts the messages of a connection into one record at its end', () => {
    const { requests } = play([
      ...handshake,
      { direction: 0, bytes: MASKED },
      { direction: 1, bytes: Buffer.concat([HELLO, FRAGMENTS, PING, LONG]) },
      { direction: 0, bytes: PONG },
      { direction: 0, bytes: CLOSE },
    ]).recorder;
    expect(requests.map((row) => [row.protocol, row.request_type, row.response_code])).toEqual([
      ['http', 'GET', '101'],
      ['websocket', 'CONNECTION', '1009'],
    ]);
    expect(requests[1]).toMatchObject({
      request_domain: 'a.test',
      endpoint: '/chat',
      response_status: 'server_error',
      response_exception: 'Message Too Big',
      attributes: {
        'flowloom.websocket.messages_sent': 1,
        'flowloom.websocket.messages_received': 3,
        'flowloom.websocket.bytes_sent': 5,
        'flowloom.websocket.bytes_received': 266,
      },
      start_us: 3000,
      end_us: 6000,
    });
    expect(JSON.stringify(requests)).not.toContain('planted');
  });

  it('reads frames wherever segments end', () => {
    const all = Buffer.concat([MASKED, MASKED, CLOSE]);
    for (let at = 1; at < all.length; at++) {
      const parts = [all.subarray(0, at), all.subarray(at)].map((bytes) => ({ direction: 0 as const, bytes }));
      const [, row] = play([...handshake, ...parts]).recorder.requests;
      expect([row.attributes?.['flowloom.websocket.messages_sent'], row.response_code]).toEqual([2, '1009']);
    }
  });

  it('survives mutations, and lengths that no one sends', () => {
    const seeds = [
      [
        { direction: 0, bytes: MASKED },
        { direction: 1, bytes: LONG },
        { direction: 0, bytes: CLOSE },
        { direction: 1, bytes: hex('82 7f ffffffffffffffff') },
      ] as const,
    ];
    expect(fuzzProtocol(websocket, seeds, 2000).heldAtEnd).toBe(0);
  });
});
