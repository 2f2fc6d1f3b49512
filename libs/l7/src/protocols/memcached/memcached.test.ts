import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { memcached, memcachedOverUdp } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const client = (bytes: Uint8Array | string): Turn => ({ direction: 0, bytes });
const server = (bytes: Uint8Array | string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [memcached], ports: [40_000, 11_211] }).recorder.requests;
const short = (turns: Turn[]) =>
  rows(turns).map((row) => [row.request_resource, row.response_code, row.response_status, row.is_one_way]);

describe('memcached', () => {
  it('reads the text protocol with its data blocks, pipelined', () => {
    expect(
      short([
        client('set user:1 0 60 7\r\nplanted\r\nget user:1 user:2\r\nincr hits 5\r\ndelete user:3\r\n'),
        server('STORED\r\nVALUE user:1 0 7\r\nplanted\r\nEND\r\n6\r\nNOT_FOUND\r\n'),
      ]),
    ).toEqual([
      ['set user:1', 'STORED', 'ok', false],
      ['get user:1 user:2', 'END', 'ok', false],
      ['incr hits', 'OK', 'ok', false],
      ['delete user:3', 'NOT_FOUND', 'ok', false],
    ]);
  });

  it('shows no values', () => {
    const found = rows([
      client('set a 0 0 7\r\nplanted\r\n'),
      server('STORED\r\n'),
      client('get a\r\n'),
      server('VALUE a 0 7\r\nplanted\r\nEND\r\n'),
    ]);
    expect(JSON.stringify(found)).not.toContain('planted');
    expect(found[1].rows_affected).toBe(1);
  });

  it('tells whose fault an error is', () => {
    expect(
      short([
        client('set k 0 0 1\r\nx\r\n'),
        server('STORED\r\n'),
        client('bogus\r\nget k\r\nset k 0 0 1\r\nx\r\n'),
        server('ERROR\r\nCLIENT_ERROR bad data chunk\r\nSERVER_ERROR out of memory storing object\r\n'),
      ]).map((row) => row[2]),
    ).toEqual(['ok', 'client_error', 'client_error', 'server_error']);
  });

  it('expects no answer to noreply', () => {
    expect(short([client('set k 0 0 1 noreply\r\nx\r\nget k\r\n'), server('END\r\n')])).toEqual([
      ['set k', undefined, 'ok', true].map((value) => value ?? ''),
      ['get k', 'END', 'ok', false],
    ]);
  });

  it('is recognised by meta commands on any port', () => {
    for (const turns of [
      [client('ms foo 3 T60\r\nbar\r\n'), server('HD\r\n')],
      [client('mg foo v t f\r\n'), server('VA 3 t60 f0\r\nbar\r\n')],
      [client('mn\r\n'), server('MN\r\n')],
    ])
      expect(play(turns).recorder.requests).toMatchObject([{ protocol: 'memcached', has_response: true }]);
  });

  it('takes a list whose request was lost for one response', () => {
    const stats = `${'STAT pid 1\r\n'.repeat(20)}END\r\n`;
    expect(short([client('get a\r\n'), server(`END\r\n${stats}`)])).toEqual([
      ['get a', 'END', 'ok', false],
      ['', 'END', 'ok', false],
    ]);
  });

  it('lets quiet meta commands pass that were not answered', () => {
    expect(
      short([client('mg a v q\r\nmg b v q\r\nms c 1 q\r\nx\r\nmn\r\n'), server('VA 2\r\nhi\r\nMN\r\n')]).map((row) => [
        row[0],
        row[1],
      ]),
    ).toEqual([
      ['mg a', 'VA'],
      ['mg b', ''],
      ['ms c', ''],
      ['mn', 'MN'],
    ]);
  });

  // The examples of doc/protocol-binary.txt: get of Hello, answered with World
  const GET = hex('80 00 0005 00 00 0000 00000005 00000000 0000000000000000 48656c6c6f');
  const FOUND = hex('81 00 0000 04 00 0000 00000009 00000000 0000000000000001 deadbeef 576f726c64');
  const MISSING = hex('81 00 0000 00 00 0001 00000009 00000000 0000000000000000 4e6f7420666f756e64');

  it('reads the binary protocol', () => {
    expect(short([client(Buffer.concat([GET, GET])), server(FOUND), server(MISSING)])).toEqual([
      ['get Hello', '0', 'ok', false],
      ['get Hello', '1', 'ok', false],
    ]);
  });

  it('pairs by request id over UDP', () => {
    const frame = hex('0007 0000 0001 0000');
    const turns = [
      client(Buffer.concat([frame, Buffer.from('get k\r\n')])),
      server(Buffer.concat([frame, Buffer.from('END\r\n')])),
    ];
    const how = { protocols: [memcachedOverUdp], transport: 'udp', ports: [40_000, 11_211] } as const;
    expect(play(turns, how).recorder.requests.map((row) => row.response_code)).toEqual(['END']);
  });

  it('recognises complete commands, and not other text', () => {
    const judge = (text: string) => detect(Buffer.from(text), 0, text.length, 0, text.length);
    expect(judge('set k 0 0 5\r\n')).toBe(Verdict.likely);
    expect(judge('get k\r\n')).toBe(Verdict.maybe);
    expect(judge('set k to five\r\n')).toBe(Verdict.no);
    expect(judge('GET / HTTP/1.1\r\n')).toBe(Verdict.no);
    expect(judge('EHLO there\r\n')).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seeds = [
      [
        client('set user:1 0 60 7\r\nplanted\r\nmg a v q\r\nmn\r\n'),
        server('STORED\r\nVALUE user:1 0 7\r\nplanted\r\nEND\r\n'),
      ],
      [client(GET), server(FOUND)],
    ];
    expect(fuzzProtocol(memcached, seeds, 2000).heldAtEnd).toBe(0);
  });
});
