import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { redis } from './index.ts';

const ask = (bytes: string): Turn => ({ direction: 0, bytes });
const say = (bytes: string): Turn => ({ direction: 1, bytes });
const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
const rows = (turns: Turn[]) =>
  play(turns, { ports: [40_000, 6379] }).recorder.requests.map((x) => [
    x.request_resource,
    x.response_status,
    x.response_code,
  ]);

const PIPELINE = command('SET', 'k', 'planted') + command('LRANGE', 'l', '0', '-1') + command('INCR', 's');
const REPLIES = '+OK\r\n*2\r\n$3\r\none\r\n*1\r\n%1\r\n+a\r\n:1\r\n-WRONGTYPE Operation against a key\r\n';

describe('Redis', () => {
  it('pairs a pipeline with nested replies (RESP specification)', () => {
    expect(rows([ask(PIPELINE), say(REPLIES)])).toEqual([
      ['SET k ?', 'ok', ''],
      ['LRANGE l ? ?', 'ok', ''],
      ['INCR s', 'client_error', 'WRONGTYPE'],
    ]);
  });

  it('gives the same for any segmentation', () => {
    const cut = (text: string, places: number[], direction: 0 | 1): Turn[] => {
      const all = [0, ...[...new Set(places.map((p) => p % text.length))].sort((a, b) => a - b), text.length];
      return all
        .slice(1)
        .map((end, i) => ({ direction, bytes: text.slice(all[i], end) }))
        .filter(({ bytes }) => bytes.length > 0);
    };
    const places = fc.array(fc.nat(500), { maxLength: 10 });
    const whole = rows([ask(PIPELINE), say(REPLIES)]);
    fc.assert(
      fc.property(places, places, (a, b) => {
        expect(rows([...cut(PIPELINE, a, 0), ...cut(REPLIES, b, 1)])).toEqual(whole);
      }),
    );
  });

  it('never shows values or credentials', () => {
    const secrets = [
      command('AUTH', 'user', 'planted'),
      command('SET', 'k', 'planted'),
      command('EVAL', 'planted', '0'),
      command('CONFIG', 'SET', 'requirepass', 'planted'),
      'AUTH planted\r\n',
    ];
    const { recorder } = play([...secrets.map(ask), say("-ERR unknown 'planted'\r\n".repeat(5))], { ports: [1, 6379] });
    expect(recorder.requests).toHaveLength(5);
    expect(shown(recorder.requests)).not.toContain('planted');
  });

  it('tells messages of a subscription from replies', () => {
    const message = '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n';
    const confirmed = '*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n';
    expect(
      rows([
        ask(command('SUBSCRIBE', 'c')),
        say(confirmed + message),
        ask(command('PING')),
        say(`${message}*2\r\n$4\r\npong\r\n$0\r\n\r\n`),
      ]),
    ).toEqual([
      ['SUBSCRIBE c', 'ok', ''],
      ['PING', 'ok', ''],
    ]);
  });

  it('expects no reply after CLIENT REPLY OFF', () => {
    const turns = [
      ask(command('CLIENT', 'REPLY', 'OFF')),
      ask(command('SET', 'a', '1')),
      ask(command('CLIENT', 'REPLY', 'ON')),
      say('+OK\r\n'),
    ];
    expect(play(turns).recorder.requests.map((x) => x.is_one_way)).toEqual([true, true, false]);
  });

  it('reads CLIENT REPLY from its own line: SKIP leaves out one reply, and nothing while they are off', () => {
    const lines = 'PING\nCLIENT REPLY OFF\nCLIENT REPLY SKIP\nCLIENT REPLY ON\nPING\nCLIENT REPLY SKIP\nPING\nPING\n';
    const { requests } = play([
      ask(lines.replaceAll('\n', '\r\n')),
      say('+PONG\r\n+OK\r\n+PONG\r\n+PONG\r\n'),
    ]).recorder;
    const answered = requests.filter((x) => !x.is_one_way).map((x) => [x.request_type, x.has_request, x.has_response]);
    expect(answered).toEqual(['PING', 'CLIENT REPLY', 'PING', 'PING'].map((type) => [type, true, true]));
  });

  it('survives mutations', () => {
    const report = fuzzProtocol(redis, [[ask(PIPELINE), say(REPLIES)]], 2000);
    expect(report.heldAtEnd).toBe(0);
  });
});
