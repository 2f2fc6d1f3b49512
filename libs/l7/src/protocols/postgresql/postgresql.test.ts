import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { postgresql } from './index.ts';
import { detect } from './message.ts';

/** type (8), length (32) with itself, body: PostgreSQL 18, 54.7 */
function message(type: string, body = ''): string {
  const length = body.length + 4;
  return type + String.fromCharCode(0, 0, length >> 8, length & 255) + body;
}
const ask = (bytes: string): Turn => ({ direction: 0, bytes });
const say = (bytes: string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [postgresql] }).recorder.requests;

const query = (sql: string) => message('Q', `${sql}\0`);
const READY = message('Z', 'I');
const done = (tag: string) => message('C', `${tag}\0`);
const error = (code: string) => message('E', `SERROR\0VERROR\0C${code}\0Mnear "planted" at\0\0`);
const execute = (sql: string) =>
  message('P', `\0${sql}\0\0\0`) + message('B', '\0\0\0\0\0\x01\0\0\0\x07planted\0\0') + message('E', '\0\0\0\0\0');
const executed = (tag: string) => message('1') + message('2') + message('n') + done(tag);
const SYNC = message('S');

describe('PostgreSQL', () => {
  it('reads a simple query with several results', () => {
    const [row] = rows([
      ask(query("INSERT INTO t VALUES ('planted'); SELECT 1")),
      say(done('INSERT 0 3') + done('SELECT 2') + READY),
    ]);
    expect(row).toMatchObject({
      request_type: 'INSERT',
      endpoint: 'INSERT t',
      rows_affected: 5,
      response_status: 'ok',
    });
    expect(row.request_resource).not.toContain('planted');
  });

  it('pairs a pipeline of the extended protocol', () => {
    const asked = execute('SELECT a FROM t WHERE b = $1') + execute('UPDATE t SET a = $1') + SYNC;
    const found = rows([ask(asked), say(executed('SELECT 1') + executed('UPDATE 4') + READY)]);
    expect(found.map((x) => [x.request_type, x.rows_affected, x.response_status])).toEqual([
      ['SELECT', 1, 'ok'],
      ['UPDATE', 4, 'ok'],
    ]);
  });

  it('gives what stands behind an error in a pipeline no result', () => {
    const asked = execute('SELECT 1') + execute('SELECT x') + execute('SELECT 3') + SYNC;
    const found = rows([
      ask(asked),
      say(executed('SELECT 1') + message('1') + error('42703') + READY),
      ask(query('COMMIT')),
      say(done('COMMIT') + READY),
    ]);
    expect(found.map((x) => [x.request_type, x.response_code, x.response_status])).toEqual([
      ['SELECT', '', 'ok'],
      ['SELECT', '42703', 'client_error'],
      ['SELECT', '', 'unknown'],
      ['COMMIT', '', 'ok'],
    ]);
    expect(found[1].response_exception).toBe('near ? at');
  });

  it('remembers named statements', () => {
    const parse = message('P', 's1\0DELETE FROM t\0\0\0') + SYNC;
    const bind = message('B', '\0s1\0\0\0\0\0\0\0') + message('E', '\0\0\0\0\0') + SYNC;
    const found = rows([
      ask(parse),
      say(message('1') + READY),
      ask(bind),
      say(message('2') + done('DELETE 9') + READY),
    ]);
    expect(found).toMatchObject([
      { request_type: 'DELETE', response_status: 'ok' },
      { request_type: 'DELETE', request_resource: 'DELETE FROM t', rows_affected: 9 },
    ]);
  });

  it('gives what a Close is answered to none of the requests behind it', () => {
    const close = message('C', 'Ss1\0') + SYNC;
    const found = rows([
      ask(close + close),
      say(message('3') + READY),
      ask(execute('SELECT 1') + SYNC),
      say(message('3') + READY),
      ask(execute('DELETE FROM t') + SYNC),
      say(executed('SELECT 1') + READY),
      say(executed('DELETE 2') + READY),
    ]);
    expect(found.map((x) => [x.request_type, x.rows_affected])).toEqual([
      ['SELECT', 1],
      ['DELETE', 2],
    ]);
  });

  it('counts the data of COPY for its statement', () => {
    const data = message('d', 'planted\tx\n') + message('c');
    const [row] = rows([
      ask(query('COPY t FROM STDIN')),
      say(message('G', '\0\0\0')),
      ask(data),
      say(done('COPY 1') + READY),
    ]);
    expect(row).toMatchObject({ request_type: 'COPY', endpoint: 'COPY t', rows_affected: 1 });
    expect(row.request_bytes).toBe(query('COPY t FROM STDIN').length + data.length);
  });

  it('reads the login without its password, after TLS was refused', () => {
    const startup = '\0\0\0\x24\0\x03\0\0user\0bob\0database\0shop\0padding';
    const found = rows([
      ask('\0\0\0\x08\x04\xd2\x16\x2f'),
      say('N'),
      ask(`${startup.slice(0, 31)}\0\0\0\0\0`),
      say(message('R', '\0\0\0\x03')),
      ask(message('p', 'planted\0')),
      say(error('28P01')),
    ]);
    expect(found).toMatchObject([
      { request_type: 'LOGIN', request_domain: 'shop', response_code: '28P01', response_status: 'client_error' },
    ]);
  });

  it('is sure of start-up packets and of messages that fit one behind the other', () => {
    const judge = (text: string) => detect(Buffer.from(text, 'latin1'), 0, text.length, 0, text.length);
    expect(judge('\0\0\0\x08\x04\xd2\x16\x2f')).toBe(Verdict.sure);
    expect(judge(execute('SELECT 1') + SYNC)).toBe(Verdict.sure);
    expect(judge(query('SELECT 1'))).toBe(Verdict.likely);
    expect(judge('GET / HTTP/1.1\r\n\r\n')).toBe(Verdict.no);
    expect(judge('EHLO localhost\r\n')).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seeds = [
      [
        ask(execute('SELECT 1') + SYNC),
        say(executed('SELECT 1') + READY),
        ask(query('SELECT 2')),
        say(error('42601') + READY),
      ],
    ];
    expect(fuzzProtocol(postgresql, seeds, 2000).heldAtEnd).toBe(0);
  });
});
