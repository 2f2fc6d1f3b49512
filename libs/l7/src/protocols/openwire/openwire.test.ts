import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
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
