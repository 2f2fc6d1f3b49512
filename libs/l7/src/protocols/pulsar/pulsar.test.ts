import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { pulsar } from './index.ts';

const client = (hex: string): Turn => ({ direction: 0, bytes: Buffer.from(hex, 'hex') });
const server = (hex: string): Turn => ({ ...client(hex), direction: 1 });

// Pulsar-CPP 3.4.2 with Pulsar 3.2.0 (DeepFlow's capture pulsar-producer)
const SESSION = [
  client(
    '0000003900000035080212310a1150756c7361722d4350502d76332e342e3220132a046e6f6e65320e6c6f63616c686f73743a36363530520408011001',
  ),
  server('000000270000002308031a1f0a1250756c73617220536572766572332e322e301013188080c00222022001'),
  client(
    '0000003a0000003608052a320a2470657273697374656e743a2f2f7075626c69632f64656661756c742f6d792d746f706963100018002800400048005000',
  ),
  server('0000002a0000002608118a01210800120e7374616e64616c6f6e652d302d3418ffffffffffffffffff0122003001'),
  client(
    '0000003d0000000808063204080010000e01c8272af6000000190a0e7374616e64616c6f6e652d302d34100018d6fcdccade3168656c6c6f2d70756c7361722d30',
  ),
  server('000000140000001008073a0c080010001a04080910282000'),
];

describe('Pulsar', () => {
  it('pairs by request id and by producer and sequence, and knows the topic of a SEND', () => {
    const { recorder } = play(SESSION);
    const topic = 'persistent://public/default/my-topic';
    expect(
      recorder.requests.map((x) => [x.request_type, x.request_resource, x.protocol_request_id, x.response_status]),
    ).toEqual([
      ['CONNECT', '', '', 'ok'],
      ['PRODUCER', topic, '0', 'ok'],
      ['SEND', topic, '0/0', 'ok'],
    ]);
    expect(recorder.requests[0]).toMatchObject({ version: '19', request_domain: 'localhost:6650' });
  });

  it('never shows credentials, properties or payloads', () => {
    const int32 = (value: number) => value.toString(16).padStart(8, '0');
    const field = (number: number, ...content: string[]) => {
      const inside = content.join('');
      return Buffer.from([number * 8 + 2, inside.length / 2]).toString('hex') + inside;
    };
    const text = (value: string) => Buffer.from(value).toString('hex');
    const frame = (command: string, message = '') =>
      int32(4 + (command.length + message.length) / 2) + int32(command.length / 2) + command + message;
    const planted = text('planted');
    // CommandConnect: client_version 1, auth_data 3, protocol_version 4, auth_method_name 5, original_auth_data 8
    const connect = field(
      2,
      field(1, text('c')),
      field(3, planted),
      '2013',
      field(5, text('token')),
      field(8, planted),
    );
    // MessageMetadata: producer_name 1, sequence_id 2, publish_time 3, properties 4, partition_key 6
    const property = field(4, field(1, text('password')), field(2, planted));
    const metadata = `${field(1, text('p'))}10001801${property}${field(6, planted)}`;
    const authResponse = `0825aa02${field(2, field(2, planted)).slice(2)}`;
    const { requests } = play([
      client(frame(`0802${connect}`)),
      ...SESSION.slice(1, 4),
      client(frame(authResponse)),
      client(frame('0806320408001000', int32(metadata.length / 2) + metadata + planted)),
      SESSION[5],
    ]).recorder;
    expect(requests.map((x) => x.request_type).sort()).toEqual(['AUTH_RESPONSE', 'CONNECT', 'PRODUCER', 'SEND']);
    expect(shown(requests)).not.toContain('planted');
  });

  it('reports the error of a SEND_ERROR', () => {
    // producer 0, sequence 0, error 22 (TopicTerminatedError is 22 in PulsarApi.proto), text "no"
    const { recorder } = play([
      ...SESSION.slice(0, 5),
      server(
        '00000010 0000000c 0808 4208 0800 1000 1816 2202 6e6f'
          .replaceAll(' ', '')
          .replace('0000000c', '0000000e')
          .replace('00000010', '00000012')
          .replace('4208', '420a'),
      ),
    ]);
    expect(recorder.requests.at(-1)).toMatchObject({
      request_type: 'SEND',
      response_code: '22',
      response_exception: 'no',
      response_status: 'client_error',
    });
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(pulsar, [SESSION], 2000).heldAtEnd).toBe(0);
  });
});
