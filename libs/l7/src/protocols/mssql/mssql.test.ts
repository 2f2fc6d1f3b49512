import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { mssql } from './index.ts';
import { detect } from './packet.ts';

/** MS-TDS 2.2.3.1 */
const packet = (type: number, body: Uint8Array, status = 1) =>
  Buffer.concat([Buffer.from([type, status, (body.length + 8) >> 8, (body.length + 8) & 255, 0, 0, 1, 0]), body]);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const batch = (sql: string) => packet(1, utf16(sql));
const DONE = packet(4, Buffer.from([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
const ERROR = packet(4, Buffer.from([0xaa, 9, 0, 0xd0, 0, 0, 0, 1, 16, 0, 0, 0]));
const ask = (bytes: Buffer): Turn => ({ direction: 0, bytes });
const say = (bytes: Buffer): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [mssql] }).recorder.requests;

describe('SQL Server', () => {
  it('reads batches masked, and errors with their severity', () => {
    const found = rows([
      ask(batch("SELECT a FROM t WHERE b = 'planted'")),
      say(DONE),
      ask(batch('SELECT x FROM u')),
      say(ERROR),
    ]);
    expect(found).toMatchObject([
      { request_resource: 'SELECT a FROM t WHERE b = ?', endpoint: 'SELECT t', response_status: 'ok' },
      { endpoint: 'SELECT u', response_code: '208', response_status: 'client_error' },
    ]);
  });

  it('names stored procedures', () => {
    const named = Buffer.concat([Buffer.from([6, 0]), utf16('dbo.p1'), Buffer.alloc(8)]);
    const numbered = Buffer.from([0xff, 0xff, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const found = rows([
      ask(batch('SELECT 1 FROM t')),
      say(DONE),
      ask(packet(3, named)),
      say(DONE),
      ask(packet(3, numbered)),
      say(DONE),
    ]);
    expect(found.slice(1).map((x) => x.endpoint)).toEqual(['EXEC dbo.p1', 'EXEC sp_executesql']);
  });

  it('joins the packets of a message', () => {
    const found = rows([
      ask(Buffer.concat([packet(1, utf16('SELECT 1 FROM t'), 0), packet(1, utf16(' --'))])),
      say(DONE),
    ]);
    expect(found).toMatchObject([{ request_bytes: 52, response_status: 'ok' }]);
  });

  it('says no to other protocols and survives mutations', () => {
    const other = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    expect(detect(other, 0, other.length, 0, other.length)).toBe(Verdict.no);
    expect(fuzzProtocol(mssql, [[ask(batch('SELECT 1')), say(DONE), say(ERROR)]], 2000).heldAtEnd).toBe(0);
  });
});
