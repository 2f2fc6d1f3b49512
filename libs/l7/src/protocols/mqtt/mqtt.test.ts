import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { mqtt } from './index.ts';

const client = (hex: string): Turn => ({ direction: 0, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex') });
const server = (hex: string): Turn => ({ ...client(hex), direction: 1 });
const rows = (turns: Turn[]) =>
  play(turns).recorder.requests.map((x) => [x.request_type, x.request_resource, x.response_code, x.response_status]);

// Built by hand from MQTT 3.1.1 figures 3.2 to 3.26; user name "user", password "planted"
const CONNECT = client('10 1d 0004 4d515454 04 c2 003c 0002 6162 0004 75736572 0007 706c616e746564');
const CONNACK = server('20 02 00 00');
const PUBLISH_1 = client('32 0a 0004 612f6263 0007 6869');
const PUBACK = server('40 02 0007');

describe('MQTT', () => {
  it('pairs CONNECT with CONNACK and PUBLISH with PUBACK, and shows no credentials', () => {
    const { recorder } = play([CONNECT, CONNACK, PUBLISH_1, PUBACK]);
    expect(recorder.requests.map((x) => [x.request_type, x.request_resource, x.version, x.request_domain])).toEqual([
      ['CONNECT', '', '3.1.1', 'ab'],
      ['PUBLISH', 'a/bc', '3.1.1', 'ab'],
    ]);
    const shown = JSON.stringify(recorder.requests, (key, value) => (/session|waitsIn/.test(key) ? undefined : value));
    expect(shown).not.toMatch(/planted|user"/);
  });

  it('goes on behind a gap with whatever packet comes next', () => {
    const ping = { ...client('c0 00'), lost: 40 };
    expect(rows([CONNECT, CONNACK, ping, server('d0 00')]).map((row) => row[0])).toEqual(['CONNECT', 'PINGREQ']);
  });

  it('says why a connection is refused (3.1.1 table 3.1)', () => {
    expect(rows([CONNECT, server('20 02 00 04')])).toEqual([['CONNECT', '', '4', 'client_error']]);
    expect(rows([CONNECT, server('20 02 00 03')])).toEqual([['CONNECT', '', '3', 'server_error']]);
  });

  it('ends a QoS 2 exchange with PUBCOMP', () => {
    const { recorder } = play([
      CONNECT,
      client('34 08 0004 612f6263 0009'),
      server('50 02 0009'),
      client('62 02 0009'),
      server('70 02 0009'),
    ]);
    const [publish] = recorder.requests.filter((x) => x.request_type === 'PUBLISH');
    expect(publish).toMatchObject({ response_status: 'ok', response_bytes: 8, protocol_request_id: '9' });
    expect(publish.end_us - publish.start_us).toBe(3000);
  });

  it('takes trace context from user properties of MQTT 5', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const property = `26 000b ${Buffer.from('traceparent').toString('hex')} 0037 ${Buffer.from(traceparent).toString('hex')}`;
    const { recorder } = play([
      client('10 0f 0004 4d515454 05 02 003c 00 0002 6162'),
      client(`30 ${(6 + 1 + 71).toString(16)} 0004 612f6263 47 ${property}`),
    ]);
    expect(recorder.requests.find((x) => x.request_type === 'PUBLISH')).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      is_one_way: true,
    });
  });

  it('reports the worst return code of SUBACK', () => {
    expect(rows([CONNECT, CONNACK, client('82 0a 0001 0001 61 00 0001 62 01'), server('90 04 0001 00 80')])[1]).toEqual(
      ['SUBSCRIBE', 'a,b', '128', 'server_error'],
    );
  });

  it('skips a payload of 256 MB without keeping it', () => {
    const { engine } = play([CONNECT, client(`30 ffffff7f 0004 612f6263${'00'.repeat(3000)}`)], { open: true });
    expect(engine.stats.heldBytes).toBe(0);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(mqtt, [[CONNECT, CONNACK, PUBLISH_1, PUBACK]], 2000).heldAtEnd).toBe(0);
  });
});
