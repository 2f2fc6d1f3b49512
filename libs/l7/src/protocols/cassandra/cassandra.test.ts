import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './frame.ts';
import { cassandra } from './index.ts';

/** native_protocol_v4.spec, section 2 */
const frame = (version: number, stream: number, op: number, body: string, flags = 0) =>
  Buffer.from(
    String.fromCharCode(version, flags, stream >> 8, stream & 255, op, 0, 0, body.length >> 8, body.length & 255) +
      body,
    'latin1',
  );
const long = (text: string) => String.fromCharCode(0, 0, 0, text.length) + text;
const short = (text: string) => String.fromCharCode(0, text.length) + text;
const query = (stream: number, cql: string) => frame(4, stream, 7, `${long(cql)}\0\x01\0`);
const VOID = '\0\0\0\x01';
const ask = (bytes: Buffer): Turn => ({ direction: 0, bytes });
const say = (bytes: Buffer): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [cassandra] }).recorder.requests;

describe('Cassandra', () => {
  it('pairs by stream and masks literals', () => {
    const found = rows([
      ask(query(1, "SELECT a FROM t WHERE b = 'planted'")),
      ask(query(2, 'DELETE FROM u WHERE a = 1')),
      say(frame(0x84, 2, 8, VOID)),
      say(frame(0x84, 1, 8, VOID)),
    ]);
    expect(found.map((x) => [x.protocol_request_id, x.request_resource, x.endpoint, x.response_status])).toEqual([
      ['2', 'DELETE FROM u WHERE a = ?', 'DELETE u', 'ok'],
      ['1', 'SELECT a FROM t WHERE b = ?', 'SELECT t', 'ok'],
    ]);
  });

  it('reads bodies in LZ4 and Snappy', () => {
    const body = `${long("SELECT a FROM t WHERE b = 'planted'")}\0\x01\0`;
    const size = String.fromCharCode(body.length);
    // Literals only: a token, or tag, and the bytes as they are.
    const lz4 = `\0\0\0${size}\xf0${String.fromCharCode(body.length - 15)}${body}`;
    const snappy = `${size}\xf0${String.fromCharCode(body.length - 1)}${body}`;
    const startup = frame(4, 0, 1, `\0\x01${short('COMPRESSION')}${short('snappy')}`);
    const found = [...rows([ask(frame(4, 1, 7, lz4, 1))]), ...rows([ask(startup), ask(frame(4, 1, 7, snappy, 1))])];
    const expected = { request_type: 'SELECT', request_resource: 'SELECT a FROM t WHERE b = ?' };
    expect(found).toMatchObject([expected, { request_type: 'STARTUP' }, expected]);
  });

  it('says whose fault an error is', () => {
    const syntax = `\0\0\x20\0${short("line 1 'planted'")}`;
    const unavailable = `\0\0\x10\0${short('no')}`;
    const found = rows([
      ask(query(1, 'SELEC')),
      say(frame(0x84, 1, 0, syntax)),
      ask(query(1, 'SELECT 1')),
      say(frame(0x84, 1, 0, unavailable)),
    ]);
    expect(found.map((x) => [x.response_code, x.response_status, x.response_exception])).toEqual([
      ['8192', 'client_error', 'line 1 ?'],
      ['4096', 'server_error', 'no'],
    ]);
  });

  it('remembers prepared statements and the keyspace', () => {
    const found = rows([
      ask(query(1, 'USE shop')),
      say(frame(0x84, 1, 8, `\0\0\0\x03${short('shop')}`)),
      ask(frame(4, 2, 9, long('INSERT INTO t (a) VALUES (?)'))),
      say(frame(0x84, 2, 8, `\0\0\0\x04${short('id-1')}`)),
      ask(frame(4, 3, 10, `${short('id-1')}\0\x01\0`)),
      say(frame(0x84, 3, 8, VOID)),
    ]);
    expect(found[2]).toMatchObject({ request_type: 'INSERT', endpoint: 'INSERT t', request_domain: 'shop' });
  });

  it('reads frames within the segments of version 5', () => {
    const inner = frame(5, 1, 7, `${long('SELECT 1')}\0\x01\0\0\0\0`);
    const segment = (bytes: Buffer) =>
      Buffer.concat([Buffer.from([bytes.length, 0, 2, 0, 0, 0]), bytes, Buffer.alloc(4)]);
    const startup = frame(5, 0, 1, `\0\x01${short('CQL_VERSION')}${short('3.0.0')}`);
    const found = rows([
      ask(startup),
      say(frame(0x85, 0, 2, '')),
      ask(segment(inner)),
      say(segment(frame(0x85, 1, 8, VOID))),
    ]);
    expect(found.map((x) => x.request_type)).toEqual(['STARTUP', 'SELECT']);
  });

  it('knows its frames', () => {
    const judge = (bytes: Buffer) => detect(bytes, 0, bytes.length, 0, bytes.length);
    expect(judge(query(1, 'SELECT 1'))).toBe(Verdict.sure);
    expect(judge(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(Verdict.no);
    expect(judge(Buffer.from('0100000003', 'hex'))).not.toBe(Verdict.sure);
  });

  it('survives mutations', () => {
    const seeds = [
      [ask(query(1, 'SELECT 1')), say(frame(0x84, 1, 8, VOID)), say(frame(0x84, 1, 0, `\0\0\x20\0${short('x')}`))],
    ];
    expect(fuzzProtocol(cassandra, seeds, 2000).heldAtEnd).toBe(0);
  });
});
