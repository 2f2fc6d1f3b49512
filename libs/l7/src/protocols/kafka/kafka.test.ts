import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { apis } from './apis.ts';
import { detect } from './detect.ts';
import { kafka } from './index.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const ask = (bytes: string | Buffer): Turn => ({ direction: 0, bytes: typeof bytes === 'string' ? hex(bytes) : bytes });
const say = (bytes: string | Buffer): Turn => ({ direction: 1, bytes: typeof bytes === 'string' ? hex(bytes) : bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [kafka] }).recorder.requests;

// Produce 9 and its response, from a capture of kafka-console-producer (DeepFlow's test resources)
const PRODUCE_9 =
  '00000098000000090000002f0010636f6e736f6c652d70726f64756365720000' +
  '0001000005dc02097a71792d74657374020000000064000000000000000000000057ffffffff023345f48e00000000000000000191ea86ee1d' +
  '00000191ea86ee1dffffffffffffffffffffffffffff000000014a000000013e71717171717171717171717171717171717171717171717171' +
  '71717171717100000000';
const PRODUCED_9 =
  '000000370000002f0002097a71792d74657374020000000000000000000000000023ffffffffffffffff0000000000000010010000000000000000';
// Fetch 12 within a session, answered with FETCH_SESSION_ID_NOT_FOUND's neighbour 20 in one capture and 0 in another
const FETCH_12 =
  '000000490001000c000000140021636f6e73756d65722d636f6e736f6c652d636f6e73756d65722d38343130372d3100ffffffff000001f4000000010320000000029d2b8e0000000901010100';
const FETCHED = '000000110000001400000000000000029d2b8e0100';
const SYNC_GROUP_5 =
  '00000042000000780000000000ffff09636f6e73756d65720672616e676527000100000001000a7a71792d746f7069633100000003000000000000000100000002ffffffff00';

const string = (text: string) => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
const int32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((x) => x & 255));
const framed = (...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};
const request = (key: number, version: number, id: number, body: Uint8Array) =>
  framed(Buffer.from([0, key, 0, version]), int32(id), string('client-1'), body);

describe('Kafka', () => {
  it('reads topic, version, partition and error of a flexible Produce', () => {
    const [row] = rows([ask(PRODUCE_9), say(PRODUCED_9)]);
    expect(row).toMatchObject({
      request_type: 'Produce',
      version: '9',
      request_resource: 'zqy-test',
      endpoint: 'Produce zqy-test',
      protocol_request_id: '47',
      response_code: '0',
      response_status: 'ok',
      attributes: { 'messaging.client.id': 'console-producer', 'messaging.destination.partition.id': '0' },
    });
  });

  it('pairs by correlation id, whatever the order', () => {
    const second = hex(FETCH_12);
    second[11] = 0x15;
    const answer = hex(FETCHED);
    answer[7] = 0x15;
    const found = rows([ask(FETCH_12), ask(second), say(answer), say(FETCHED)]);
    expect(found.map((x) => [x.protocol_request_id, x.response_code])).toEqual([
      ['21', '0'],
      ['20', '0'],
    ]);
  });

  it('names errors and says whose fault they are', () => {
    const heartbeat = request(12, 0, 7, Buffer.concat([string('group-1'), int32(3), string('member')]));
    const [row] = rows([ask(heartbeat), say(framed(int32(7), Buffer.from([0, 27])))]);
    expect(row).toMatchObject({
      request_type: 'Heartbeat',
      response_code: '27',
      response_exception: 'REBALANCE_IN_PROGRESS',
      response_status: 'client_error',
      attributes: { 'messaging.consumer.group.name': 'group-1' },
    });
  });

  it('takes trace context from the headers of the first record', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const header = Buffer.concat([
      Buffer.from([22]),
      Buffer.from('traceparent'),
      Buffer.from([110]),
      Buffer.from(traceparent),
    ]);
    const record = Buffer.concat([Buffer.from([0, 0, 0, 0, 1, 2, 0x76, 2]), header]);
    const batch = Buffer.concat([Buffer.alloc(16), Buffer.from([2]), Buffer.alloc(40), int32(1), record]);
    batch[batch.length - record.length - 1] = 1;
    const body = Buffer.concat([
      Buffer.from([255, 255, 0, 0]),
      int32(1000),
      int32(1),
      string('orders'),
      int32(1),
      int32(4),
    ]);
    const [row] = rows([ask(request(0, 3, 9, Buffer.concat([body, int32(batch.length), batch])))]);
    expect(row).toMatchObject({
      is_one_way: true, // acks = 0
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
    });
    expect(JSON.stringify([row.request_resource, row.attributes])).not.toContain('v"');
  });

  it('never shows credentials, records or values of their headers', () => {
    const planted = Buffer.from('planted');
    const login = Buffer.concat([int32(13), Buffer.from('\0user\0planted')]);
    // One record: key, value and one header, each behind its zigzag length; the batch around it as of magic 2
    const field = Buffer.concat([Buffer.from([14]), planted]);
    const record = Buffer.concat([Buffer.from([0, 0, 0]), field, field, Buffer.from([2]), field, field]);
    const batch = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([2]),
      Buffer.alloc(40),
      int32(1),
      Buffer.from([2 * record.length]),
      record,
    ]);
    const body = Buffer.concat([
      Buffer.from([255, 255, 0, 1]),
      int32(1000),
      int32(1),
      string('orders'),
      int32(1),
      int32(4),
    ]);
    const found = rows([
      ask(request(36, 0, 1, login)),
      say(framed(int32(1), Buffer.from([0, 0, 255, 255]), int32(7), planted)),
      ask(request(0, 3, 2, Buffer.concat([body, int32(batch.length), batch]))),
      ask(request(1, 4, 3, Buffer.alloc(21))),
      say(
        framed(int32(3), int32(0), int32(1), string('orders'), int32(1), Buffer.alloc(26), int32(batch.length), batch),
      ),
    ]);
    expect(found.map((x) => x.request_type).sort()).toEqual(['Fetch', 'Produce', 'SaslAuthenticate']);
    expect(shown(found)).toContain('orders');
    expect(shown(found)).not.toContain('planted');
  });

  it('knows the topic of an id once metadata has told it (Fetch 13)', () => {
    const id = Buffer.alloc(16, 7);
    const tail = Buffer.from([0, 1, 0, 0, 0, 0, 0]); // internal, no partitions, operations, tags
    const topic = Buffer.concat([Buffer.from([0, 0, 7]), Buffer.from('orders'), id, tail]);
    const metadata = framed(
      int32(1),
      Buffer.alloc(5),
      Buffer.from([1, 1]),
      int32(0),
      Buffer.from([2]),
      topic,
      Buffer.from([0]),
    );
    const fetch = Buffer.concat([
      Buffer.from([0]),
      Buffer.alloc(12, 0),
      Buffer.alloc(13),
      Buffer.from([2]),
      id,
      Buffer.from([2]),
      int32(5),
      Buffer.alloc(4),
      int32(0),
      int32(77),
    ]);
    const [, row] = rows([
      ask(request(3, 12, 1, Buffer.from([0, 1, 1, 0, 0]))),
      say(metadata),
      ask(request(1, 13, 2, fetch)),
    ]);
    expect(row).toMatchObject({
      request_resource: 'orders',
      attributes: { 'messaging.destination.partition.id': '5', 'kafka.offset': 77 },
    });
  });

  it('knows every request of Kafka 4 by name', () => {
    expect(apis).toHaveLength(93);
    expect([0, 18, 36, 50, 60, 68, 78, 92].map((key) => apis[key].name)).toEqual([
      'Produce',
      'ApiVersions',
      'SaslAuthenticate',
      'DescribeUserScramCredentials',
      'DescribeCluster',
      'ConsumerGroupHeartbeat',
      'ShareFetch',
      'DeleteShareGroupOffsets',
    ]);
  });

  it('is sure of requests only', () => {
    const judge = (bytes: Buffer) => detect(bytes, 0, bytes.length, 0, bytes.length);
    expect(judge(hex(PRODUCE_9))).toBe(Verdict.sure);
    expect(judge(hex(PRODUCED_9))).toBe(Verdict.maybe);
    expect(judge(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(Verdict.no);
    expect(judge(hex('160301020001000001fc0303'))).toBe(Verdict.no);
  });

  it('survives mutations and lengths of 1 GB', () => {
    const seeds = [[ask(PRODUCE_9), say(PRODUCED_9), ask(FETCH_12), say(FETCHED), say(SYNC_GROUP_5)]];
    expect(fuzzProtocol(kafka, seeds, 2000).heldAtEnd).toBe(0);
    expect(rows([ask('3fffffff000000090000002f00')])).toEqual([]);
  });
});
