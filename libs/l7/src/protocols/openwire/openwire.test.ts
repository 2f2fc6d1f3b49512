import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { openwire } from './index.ts';

const client = (hex: string): Turn => ({ direction: 0, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex') });
const server = (hex: string): Turn => ({ ...client(hex), direction: 1 });

/** WireFormatInfo of version 11 with one option. */
const offer = (name: string, value: 0 | 1) => {
  const map = `00000001${Buffer.from([0, name.length]).toString('hex')}${Buffer.from(name).toString('hex')}010${value}`;
  const body = `01${Buffer.from('ActiveMQ').toString('hex')}0000000b01${(map.length / 2).toString(16).padStart(8, '0')}${map}`;
  return `${(body.length / 2).toString(16).padStart(8, '0')}${body}`;
};
const LOOSE = [client(offer('TightEncodingEnabled', 0)), server(offer('TightEncodingEnabled', 1))];
const TIGHT = [client(offer('TightEncodingEnabled', 1)), server(offer('TightEncodingEnabled', 1))];

// activemq-cpp and ActiveMQ, DeepFlow's captures openwire_loose_producer and openwire_tight_consumer
const PRODUCER = client(
  '0000004e060000000401017b01002049443a6c6f63616c686f73742d312d313730353330303532353337332d303a31000000000000000100000000000000010165010008544553542e464f4f000000000000',
);
const CONSUMER = client(
  '000000670504afde0000000000047a002049443a6c6f63616c686f73742d312d313730353336393431383335362d303a3000010001650008544553542e464f4f00007ffe00000000002049443a6c6f63616c686f73742d312d313730353336393431383335362d313a3000',
);

describe('OpenWire', () => {
  it('reads loose encoding', () => {
    const { recorder } = play([...LOOSE, PRODUCER, server('0000000a1e000000000000000004')]);
    expect(
      recorder.requests.map((x) => [x.request_type, x.request_resource, x.protocol_request_id, x.response_status]),
    ).toEqual([['ProducerInfo', 'TEST.FOO', '4', 'ok']]);
  });

  it('reads tight encoding', () => {
    const { recorder } = play([...TIGHT, CONSUMER, server('0000000b1e01000000000000000004')]);
    expect(
      recorder.requests.map((x) => [x.request_type, x.request_resource, x.protocol_request_id, x.response_status]),
    ).toEqual([['ConsumerInfo', 'TEST.FOO', '4', 'ok']]);
  });

  it('goes on behind a gap, and in the middle of a connection, at a command that begins a segment', () => {
    const answer = server('0000000a1e000000000000000004');
    const after = play([...LOOSE, { ...PRODUCER, lost: 100 }, answer]).recorder.requests;
    expect(after.map((x) => [x.request_type, x.response_status])).toEqual([['ProducerInfo', 'ok']]);
    const twice: Turn = {
      direction: 0,
      bytes: Buffer.concat([PRODUCER.bytes as Uint8Array, CONSUMER.bytes as Uint8Array]),
    };
    expect(play([twice]).recorder.events).toContain('protocolIs openwire');
  });

  it('never shows credentials, properties or content', () => {
    const text = (value: string) => Buffer.from([1, 0, value.length, ...Buffer.from(value)]).toString('hex');
    const framed = (body: string) => (body.length / 2).toString(16).padStart(8, '0') + body;
    const connectionId = `0178${text('ID:1')}`;
    // ConnectionInfo: connection id, client id, password, user name
    const login = `03 00000001 01 ${connectionId} ${text('client')} ${text('planted')} ${text('planted')} 00 00 00 00`;
    // TextMessage: producer id, destination, transaction, original destination, message id, original transaction, group,
    // sequence, correlation id, persistent, expiration, priority, reply-to, time, type, content, properties
    const producer = `017b ${text('ID:1')} ${'00'.repeat(16)}`;
    const content = '01 0000000b 00000007 706c616e746564';
    const properties = '01 00000018 00000001 0008 70617373776f7264 09 0007 706c616e746564';
    const tail = `00 ${'00'.repeat(8)} 04 00 ${'00'.repeat(8)} 00 ${content} ${properties} ${'00'.repeat(12)}`;
    const message = `1c 00000002 00 ${producer} 0164 ${text('Q')} 00 00 00 00 00 00000000 00 ${tail}`;
    const turns = [login, message].map((body) => client(framed(body.replaceAll(' ', ''))));
    const { requests } = play([...LOOSE, ...turns, server('0000000a1e000000000000000001')]).recorder;
    expect(requests.map((x) => x.request_type).sort()).toEqual(['ConnectionInfo', 'TextMessage']);
    expect(shown(requests)).toContain('"messaging.message.body.size":11');
    expect(shown(requests)).not.toContain('planted');
  });

  it('reports the exception of a failed request', () => {
    const text = (value: string) =>
      `01${Buffer.from([0, value.length]).toString('hex')}${Buffer.from(value).toString('hex')}`;
    const body = `1f0000000100 00000004 01 ${text('java.lang.SecurityException')}${text('no')}00000000`.replaceAll(
      ' ',
      '',
    );
    const { recorder } = play([
      ...LOOSE,
      PRODUCER,
      server(`${(body.length / 2).toString(16).padStart(8, '0')}${body}`),
    ]);
    expect(recorder.requests[0]).toMatchObject({
      response_code: 'java.lang.SecurityException',
      response_exception: 'no',
      response_status: 'client_error',
    });
  });

  it('survives mutations', () => {
    expect(
      fuzzProtocol(
        openwire,
        [
          [...LOOSE, PRODUCER],
          [...TIGHT, CONSUMER],
        ],
        2000,
      ).heldAtEnd,
    ).toBe(0);
  });
});
