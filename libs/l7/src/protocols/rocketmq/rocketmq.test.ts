import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { rocketmq } from './index.ts';

/** A RemotingCommand with a JSON header, as the Java client writes it. */
function frame(direction: 0 | 1, header: object, body = ''): Turn {
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(4 + json.length + body.length, 0);
  head.writeUInt32BE(json.length, 4);
  return { direction, bytes: Buffer.concat([head, json, Buffer.from(body)]) };
}

const SW8 = '1-MTIzNDU2Nzg5MC4xLjE=-YWJjLjEuMQ==-0-YQ==-Yg==-Yw==-ZA==';
const SEND = frame(
  0,
  {
    code: 310,
    extFields: {
      a: 'group',
      b: 'TopicTest',
      e: '2',
      i: `UNIQ_KEY\u0001ID1\u0002TAGS\u0001TagA\u0002sw8\u0001${SW8}\u0002`,
    },
    flag: 0,
    language: 'JAVA',
    opaque: 6,
    serializeTypeCurrentRPC: 'JSON',
    version: 293,
  },
  'planted',
);
const SENT = frame(1, { code: 0, extFields: { msgId: 'X' }, flag: 1, language: 'JAVA', opaque: 6, version: 293 });

describe('RocketMQ', () => {
  it('pairs by opaque and reads the short field names of SEND_MESSAGE_V2', () => {
    const [row] = play([SEND, SENT]).recorder.requests;
    expect(row).toMatchObject({
      request_type: 'SEND_MESSAGE_V2',
      request_resource: 'TopicTest',
      request_domain: 'group',
      protocol_request_id: '6',
      response_code: '0',
      response_status: 'ok',
      x_request_id: 'ID1',
    });
    expect(row.trace_id).not.toBe('');
  });

  it('never shows bodies, signatures or properties that are not asked for', () => {
    const extFields = {
      AccessKey: 'planted',
      Signature: 'planted',
      SecurityToken: 'planted',
      b: 'TopicTest',
      i: 'KEYS\u0001planted\u0002password\u0001planted\u0002',
    };
    const send = frame(0, { code: 310, extFields, flag: 0, opaque: 6, version: 293 }, 'planted');
    const pull = frame(0, { code: 11, extFields: { topic: 'T' }, flag: 0, opaque: 7, version: 293 });
    const { requests } = play([send, SENT, pull, frame(1, { code: 0, flag: 1, opaque: 7 }, 'planted')]).recorder;
    expect(requests.map((x) => x.response_status)).toEqual(['ok', 'ok']);
    expect(shown(requests)).not.toContain('planted');
  });

  it('tells an empty pull from failures of broker and client', () => {
    const status = (code: number) =>
      play([
        frame(0, { code: 11, extFields: { topic: 'T', consumerGroup: 'g' }, flag: 0, opaque: 1, version: 1 }),
        frame(1, { code, flag: 1, opaque: 1, remark: 'why', version: 1 }),
      ]).recorder.requests[0].response_status;
    expect([19, 2, 17].map(status)).toEqual(['ok', 'server_error', 'client_error']);
  });

  it('reads binary headers', () => {
    // code 105, language JAVA, version 399, opaque 9, flag 0, no remark, field topic = T
    const header = Buffer.from(
      `0069 00 018f 00000009 00000000 00000000 0000000c 0005 ${Buffer.from('topic').toString('hex')} 00000001 54`.replaceAll(
        ' ',
        '',
      ),
      'hex',
    );
    const head = Buffer.alloc(8);
    head.writeUInt32BE(4 + header.length, 0);
    head.writeUInt32BE(0x01000000 | header.length, 4);
    const [row] = play([{ direction: 0, bytes: Buffer.concat([head, header]) }], { ports: [40_000, 9876] }).recorder
      .requests;
    expect(row).toMatchObject({
      request_type: 'GET_ROUTEINFO_BY_TOPIC',
      request_resource: 'T',
      protocol_request_id: '9',
    });
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(rocketmq, [[SEND, SENT]], 2000).heldAtEnd).toBe(0);
  });
});
