import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { mysql } from './index.ts';

/** int<3> length, int<1> sequence, payload (MySQL protocol, "Packets") */
function packet(sequence: number, payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload as string, 'latin1');
  return Buffer.concat([Buffer.from([bytes.length, bytes.length >> 8, 0, sequence]), bytes]);
}
const ask = (...bytes: Uint8Array[]): Turn => ({ direction: 0, bytes: Buffer.concat(bytes) });
const say = (...bytes: Uint8Array[]): Turn => ({ direction: 1, bytes: Buffer.concat(bytes) });
const rows = (turns: Turn[]) => play(turns, { protocols: [mysql] }).recorder.requests;
const query = (sql: string) => packet(0, `\x03${sql}`);

const OK = packet(1, '\0\x03\0\x02\0\0\0');
const COLUMN = '\x03def\x02db\x01t\x01t\x01a\x01a\x0c?\0\x0b\0\0\0\x03\0\0\0\0\0';
const EOF = '\xfe\0\0\x02\0';
const MORE = '\xfe\0\0\x0a\0';
const RESULT = [packet(1, '\x01'), packet(2, COLUMN), packet(3, EOF), packet(4, '\x01' + '7'), packet(5, '\x01' + '8')];
const ERROR = packet(1, "\xff\x7a\x04#42S02Table 'db.planted' doesn't exist");

describe('MySQL', () => {
  it('reads verb, table, rows and masks literals', () => {
    const found = rows([
      ask(query('SELECT a FROM t WHERE b = \'planted\' AND c = "planted"')),
      say(...RESULT, packet(6, EOF)),
      ask(query("UPDATE t SET a = 'planted'")),
      say(OK),
    ]);
    expect(found).toMatchObject([
      {
        request_type: 'SELECT',
        endpoint: 'SELECT t',
        request_resource: 'SELECT a FROM t WHERE b = ? AND c = ?',
        rows_affected: 2,
        response_status: 'ok',
      },
      { request_type: 'UPDATE', rows_affected: 3, response_status: 'ok' },
    ]);
  });

  it('gives code, SQLSTATE and message of errors without names in quotes', () => {
    const [row] = rows([ask(query('SELECT 1')), say(ERROR)]);
    expect(row).toMatchObject({
      response_code: '1146',
      response_status: 'client_error',
      response_result: '42S02',
    });
    expect(row.response_exception).not.toContain('planted');
  });

  it('tells whose fault an error is by its SQLSTATE, or by its number where that says nothing', () => {
    const status = (code: number, state: string) => {
      const number = String.fromCharCode(code & 0xff, code >> 8);
      return rows([ask(query('SELECT 1')), say(packet(1, `\xff${number}${state && `#${state}`}no`))])[0]
        .response_status;
    };
    const client = [status(1062, '23000'), status(1045, '28000'), status(1364, 'HY000'), status(1130, '')];
    expect(client).toEqual(Array(4).fill('client_error'));
    const server = [status(1205, 'HY000'), status(1213, '40001'), status(1040, '08004'), status(1317, '70100')];
    expect(server).toEqual(Array(4).fill('server_error'));
  });

  it('takes the progress of a long statement in MariaDB for no error', () => {
    const progress = packet(1, '\xff\xff\xff\x01\x01\x02\x10\x27\x00\x07Reading');
    const [row] = rows([ask(query('ALTER TABLE t FORCE')), say(progress), say(progress), say(OK)]);
    expect(row).toMatchObject({ response_code: '', response_status: 'ok', rows_affected: 3 });
  });

  it('follows several results, with and without EOF packets', () => {
    const again = [packet(7, '\x01'), packet(8, COLUMN), packet(9, '\x01' + '9'), packet(10, '\xfe\0\0\x02\0\0\0')];
    const found = rows([ask(query('CALL p()')), say(...RESULT, packet(6, MORE), ...again), ask(query('SELECT 2'))]);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ request_type: 'CALL', rows_affected: 3 });
  });

  it('remembers prepared statements', () => {
    const prepared = packet(1, '\0\x05\0\0\0\0\0\x01\0\0\0\0');
    const execute = packet(0, '\x17\x05\0\0\0\0\x01\0\0\0\x00\x01\x08\0planted!');
    const found = rows([
      ask(packet(0, '\x16DELETE FROM t WHERE a = ?')),
      say(prepared, packet(2, COLUMN), packet(3, EOF)),
      ask(execute),
      say(OK),
      ask(packet(0, '\x19\x05\0\0\0')),
    ]);
    expect(found).toMatchObject([
      { request_type: 'STMT_PREPARE', endpoint: 'PREPARE DELETE t', protocol_request_id: '5' },
      { request_type: 'DELETE', endpoint: 'DELETE t', request_resource: 'DELETE FROM t WHERE a = ?' },
      { request_type: 'STMT_CLOSE', is_one_way: true },
    ]);
  });

  it('reads compressed packets, and bounds what they become', () => {
    const compressed = (plain: Uint8Array, claimed = plain.length) => {
      const data = deflateSync(plain);
      const head = [data.length, data.length >> 8, 0, 1, claimed, claimed >> 8, claimed >> 16];
      return Buffer.concat([Buffer.from(head), data]);
    };
    const plain = query('SELECT * FROM t');
    const asked = Buffer.concat([Buffer.from([plain.length, 0, 0, 0, 0, 0, 0]), plain]);
    const result = Buffer.concat([...RESULT, packet(6, EOF)]);
    expect(rows([ask(asked), say(compressed(result))])).toMatchObject([{ request_type: 'SELECT', rows_affected: 2 }]);
    const bomb = compressed(Buffer.alloc(10_000_000), 0xff_ffff);
    expect(rows([ask(asked), say(bomb)])).toMatchObject([{ request_type: 'SELECT', has_response: true }]);
  });

  it('reads the login without its credentials', () => {
    const greeting = packet(0, `\x0a8.0.36\0${'\x01'.repeat(40)}`);
    const flags = Buffer.from([0x08, 0x82, 0, 1]);
    const login = packet(
      1,
      Buffer.concat([flags, Buffer.alloc(28), Buffer.from('root\0\x07planted' + 'shop\0', 'latin1')]),
    );
    const [row] = rows([say(greeting), ask(login), say(packet(2, '\0\0\0\x02\0\0\0'))]);
    expect(row).toMatchObject({
      request_type: 'LOGIN',
      request_domain: 'shop',
      version: '8.0.36',
      response_status: 'ok',
    });
    const { session, waitsIn, ...shown } = row;
    expect(JSON.stringify(shown)).not.toContain('planted');
  });

  it('takes trace context from comments', () => {
    const [row] = rows([
      ask(query("SELECT 1 /*traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/")),
      say(OK),
    ]);
    expect(row.trace_id).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('is sure of greetings and statements only', () => {
    const judge = (bytes: Buffer) => detect(bytes, 0, bytes.length, 0, bytes.length);
    expect(judge(query('select 1'))).toBe(Verdict.sure);
    expect(judge(packet(0, '\x0e'))).toBe(Verdict.maybe);
    expect(judge(query('hello world'))).toBe(Verdict.no);
    expect(judge(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seeds = [
      [ask(query('SELECT a FROM t')), say(...RESULT, packet(6, EOF)), ask(query('x')), say(ERROR), say(OK)],
    ];
    expect(fuzzProtocol(mysql, seeds, 2000).heldAtEnd).toBe(0);
  });
});
