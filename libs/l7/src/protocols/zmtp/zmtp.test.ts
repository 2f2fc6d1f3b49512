import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { zmtp } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const client = (bytes: Uint8Array): Turn => ({ direction: 0, bytes });
const server = (bytes: Uint8Array): Turn => ({ direction: 1, bytes });

// ZMTP 3.1 sections "Greeting", "NULL mechanism", "Framing"
const greeting = (mechanism: string) =>
  Buffer.concat([hex('ff00000000000000017f 0301'), Buffer.from(mechanism.padEnd(20, '\0')), Buffer.alloc(32)]);
const ready = (socket: string) => {
  const body = Buffer.concat([
    Buffer.from('\x05READY\x0bSocket-Type'),
    hex('000000'),
    Buffer.from([socket.length]),
    Buffer.from(socket),
  ]);
  return Buffer.concat([Buffer.from([4, body.length]), body]);
};
const start = (one: string, other: string) => [
  client(greeting('NULL')),
  server(greeting('NULL')),
  client(ready(one)),
  server(ready(other)),
];
const CALL = [...start('REQ', 'REP'), client(hex('0100 0002 6869')), server(hex('0100 0002 6f6b'))];

describe('ZMTP', () => {
  it('goes on behind a gap where frames end with their segment', () => {
    const [request, answer] = CALL.slice(-2);
    const { requests } = play([...CALL, { ...request, lost: 7 }, { ...answer, lost: 7 }]).recorder;
    expect(requests.map((x) => x.response_status)).toEqual(['ok', 'ok']);
  });

  it('pairs the messages of REQ and REP, each of several frames', () => {
    const { recorder } = play(CALL);
    expect(recorder.requests).toHaveLength(1);
    expect(recorder.requests[0]).toMatchObject({
      request_type: 'REQ',
      version: '3.1',
      response_status: 'ok',
      request_bytes: 6,
      response_bytes: 6,
    });
  });

  it('reports subscriptions, and what is published with its topic, one way', () => {
    const { recorder } = play([
      ...start('SUB', 'PUB'),
      client(hex('040b 09535542534352494245 61'.replace('040b', '040b'))),
      server(hex('0103 612e62 0001 31')),
    ]);
    expect(recorder.requests.map((x) => [x.request_type, x.request_resource, x.endpoint, x.is_one_way])).toEqual([
      ['SUBSCRIBE', 'a', 'a', true],
      ['PUB', 'a.b', 'a', true],
    ]);
  });

  it('reports ERROR, also without the length of its name as libzmq sends it', () => {
    const { recorder } = play([
      client(greeting('PLAIN')),
      server(greeting('PLAIN')),
      server(hex('0409 4552524f52 03 343030')),
    ]);
    expect(recorder.requests[0]).toMatchObject({
      request_type: 'ERROR',
      response_code: '400',
      response_status: 'client_error',
    });
  });

  it('never shows credentials or what messages say', () => {
    const planted = Buffer.from('planted').toString('hex');
    const hello = client(hex(`0416 0548454c4c4f 07${planted} 07${planted}`)); // PLAIN, HELLO: user name, password
    const login = play([client(greeting('PLAIN')), server(greeting('PLAIN')), hello]).recorder;
    expect(login.requests).toEqual([]);
    const call = [client(hex(`0100 0007${planted}`)), server(hex(`0100 0007${planted}`))];
    const published = server(hex(`0009 6120${planted}`)); // topic, blank, text
    const rows = [...start('REQ', 'REP'), ...call];
    const { requests } = play(rows).recorder;
    requests.push(...play([...start('SUB', 'PUB'), published]).recorder.requests);
    expect(requests.map((x) => [x.request_type, x.request_resource])).toEqual([
      ['REQ', ''],
      ['PUB', 'a'],
    ]);
    expect(shown(requests)).not.toContain('planted');
  });

  it('reads nothing of CURVE', () => {
    expect(
      play([client(greeting('CURVE')), server(greeting('CURVE')), client(hex('0002 6869'))]).recorder.requests,
    ).toEqual([]);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(zmtp, [CALL], 2000).heldAtEnd).toBe(0);
  });
});
