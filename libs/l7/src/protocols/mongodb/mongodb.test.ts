import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { mongodb } from './index.ts';

const int32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, 4 * i);
  return bytes;
};
type Value = string | number | Value[] | { [name: string]: Value };
/** bsonspec.org 1.1: strings, int32, documents and arrays */
function bson(document: Value): Buffer {
  const elements = Object.entries(document).map(([name, value]) => {
    const key = Buffer.from(`${name}\0`);
    if (typeof value === 'string')
      return Buffer.concat([Buffer.from([2]), key, int32(value.length + 1), Buffer.from(`${value}\0`)]);
    if (typeof value === 'number') return Buffer.concat([Buffer.from([16]), key, int32(value)]);
    return Buffer.concat([Buffer.from([Array.isArray(value) ? 4 : 3]), key, bson(value)]);
  });
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}
const message = (id: number, to: number, op: number, ...body: Uint8Array[]) => {
  const all = Buffer.concat(body);
  return Buffer.concat([int32(all.length + 16, id, to, op), all]);
};
const msg = (id: number, to: number, document: Value, flags = 0) =>
  message(id, to, 2013, int32(flags), Buffer.from([0]), bson(document));
const ask = (bytes: Buffer): Turn => ({ direction: 0, bytes });
const say = (bytes: Buffer): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [mongodb] }).recorder.requests;

const FIND = msg(7, 0, { find: 'users', filter: { name: 'planted' }, $db: 'shop' });

describe('MongoDB', () => {
  it('names command, collection and database, and shows no value', () => {
    const [row] = rows([ask(FIND), say(msg(1, 7, { ok: 1, n: 2 }))]);
    expect(row).toMatchObject({
      request_type: 'find',
      endpoint: 'find users',
      request_resource: 'find users',
      request_domain: 'shop',
      protocol_request_id: '7',
      response_status: 'ok',
      rows_affected: 2,
    });
  });

  it('gives errors of commands and of writes', () => {
    const failed = { ok: 0, errmsg: 'E11000 dup key: { name: "planted" }', code: 11000, codeName: 'DuplicateKey' };
    const found = rows([
      ask(FIND),
      say(msg(1, 7, failed)),
      ask(msg(8, 0, { insert: 'users', $db: 'shop' })),
      say(msg(2, 8, { n: 0, writeErrors: [{ index: 0, code: 121 }], ok: 1 })),
    ]);
    expect(found.map((x) => [x.response_code, x.response_status, x.response_exception])).toEqual([
      ['11000', 'client_error', 'DuplicateKey'],
      ['121', 'client_error', ''],
    ]);
  });

  it('pairs by id, and expects no answer where more is to come', () => {
    const found = rows([ask(FIND), ask(msg(8, 0, { ping: 1 })), say(msg(1, 8, { ok: 1 })), say(msg(2, 7, { ok: 1 }))]);
    expect(found.map((x) => x.request_type)).toEqual(['ping', 'find']);
    expect(rows([ask(msg(9, 0, { insert: 't' }, 2))])).toMatchObject([{ is_one_way: true }]);
  });

  it('reads OP_QUERY and OP_REPLY, and flags OP_COMPRESSED', () => {
    const query = message(3, 0, 2004, int32(0), Buffer.from('shop.users\0'), int32(0, 1), bson({ name: 'planted' }));
    const reply = message(4, 3, 1, int32(0, 0, 0, 0, 2), bson({ a: 1 }), bson({ a: 2 }));
    const compressed = message(5, 0, 2012, int32(2013, 99), Buffer.from([2, 1, 2, 3]));
    const found = rows([ask(query), say(reply), ask(compressed)]);
    expect(found).toMatchObject([
      { request_type: 'find', endpoint: 'find users', request_domain: 'shop', rows_affected: 2 },
      { request_type: 'COMPRESSED', attributes: { 'flowloom.mongodb.compressed': 'true' } },
    ]);
  });

  it('reads what OP_COMPRESSED holds, as far as it can', () => {
    const inner = FIND.subarray(16);
    const compressed = (id: number, compressor: number, bytes: Uint8Array) =>
      message(7, id, 2012, int32(2013, inner.length), Buffer.from([compressor]), bytes);
    const snappy = Buffer.concat([Buffer.from([inner.length & 0x7f, 0xf0, inner.length - 1]), inner]);
    for (const [compressor, bytes] of [deflateSync(inner), zstdCompressSync(inner), snappy, inner].entries()) {
      const [row] = rows([ask(compressed(0, [2, 3, 1, 0][compressor], bytes))]);
      const [plain] = rows([ask(FIND)]);
      expect(row).toMatchObject({
        request_type: plain.request_type,
        request_resource: plain.request_resource,
        request_domain: plain.request_domain,
        attributes: { 'flowloom.mongodb.compressed': 'true' },
      });
    }
    const failed = msg(9, 7, { ok: 0, code: 13, codeName: 'Unauthorized' }).subarray(16);
    const answer = message(9, 7, 2012, int32(2013, failed.length), Buffer.from([2]), deflateSync(failed));
    expect(rows([ask(FIND), say(answer)])[0]).toMatchObject({ response_code: '13', response_status: 'client_error' });
  });

  it('is sure of whole messages only', () => {
    expect(detect(FIND, 0, FIND.length, 0, FIND.length)).toBe(Verdict.sure);
    expect(detect(FIND, 0, 30, 0, 30)).toBe(Verdict.likely);
    const other = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(detect(other, 0, other.length, 0, other.length)).toBe(Verdict.no);
  });

  it('survives mutations and deep nesting', () => {
    let deep: Value = { a: 1 };
    for (let i = 0; i < 200; i++) deep = { $query: deep };
    const seeds = [[ask(FIND), say(msg(1, 7, { ok: 0, code: 1, errmsg: 'x' })), ask(msg(9, 0, deep))]];
    expect(fuzzProtocol(mongodb, seeds, 2000).heldAtEnd).toBe(0);
  });
});
