import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from './replay.ts';
import { pcapFile } from './testing/pcap-file.ts';
import { type Said, tcpTalk } from './testing/tcp-talk.ts';

const secret = (what: string) => `s3cr3t-${what}`;
const basic = Buffer.from(`admin:${secret('basic')}`).toString('base64');
const http = [
  `GET /orders/7?token=${secret('query')}&page=2 HTTP/1.1`,
  'Host: shop.example',
  `Authorization: Basic ${basic}`,
  `Proxy-Authorization: Bearer ${secret('bearer')}`,
  `Cookie: session=${secret('cookie')}`,
  `X-Api-Key: ${secret('api-key')}`,
  'Content-Length: 27',
];
const body = `{"password":"${secret('body')}"}`;
const httpAnswer = ['HTTP/1.1 200 OK', `Set-Cookie: session=${secret('set-cookie')}`, 'Content-Length: 13'];
const resp = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** What is said on each port. */
const talks: readonly (readonly [port: number, said: readonly Said[]])[] = [
  [
    8080,
    [
      ['client', `${http.join('\r\n').replace('27', String(body.length))}\r\n\r\n${body}`],
      [
        'server',
        `${httpAnswer.join('\r\n').replace('13', String(secret('answer').length))}\r\n\r\n${secret('answer')}`,
      ],
    ],
  ],
  [
    6379,
    [
      ['client', resp('AUTH', 'app', secret('redis-auth'))],
      ['server', '+OK\r\n'],
      ['client', resp('HELLO', '3', 'AUTH', 'app', secret('redis-hello'))],
      ['server', '+OK\r\n'],
      ['client', resp('CONFIG', 'SET', 'requirepass', secret('redis-config'))],
      ['server', '+OK\r\n'],
      ['client', resp('SET', 'cart:7', secret('redis-value'))],
      ['server', '+OK\r\n'],
      ['client', resp('GET', 'cart:7')],
      ['server', `$${secret('redis-reply').length}\r\n${secret('redis-reply')}\r\n`],
    ],
  ],
];

describe('what people must keep secret', () => {
  let folder: string;
  let written: Map<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowloom-secrets-'));
    const files = talks.map(([port, said]) => {
      const file = join(folder, `${port}.pcap`);
      writeFileSync(file, pcapFile(tcpTalk(port, said), 1_700_000_000_000_000));
      return file;
    });
    const out = join(folder, 'out');
    const options = { out, each: false, resources: undefined, requests: true, json: false, decodeAs: new Map() };
    await replay({ ...options, snaplen: Number.POSITIVE_INFINITY, files }, () => {});
    written = new Map(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is in a capture whose requests are all read', () => {
    const requests = written.get('request-logs.ndjson')!.split('\n').filter(Boolean);
    const types = requests.map((line) => JSON.parse(line).request_type).sort();
    expect(types).toEqual(['AUTH', 'CONFIG SET', 'GET', 'GET', 'HELLO', 'SET']);
    expect(written.get('request-logs.ndjson')).toContain('/orders/7');
    expect(written.get('request-logs.ndjson')).toContain('cart:7');
  });

  it.each(['flow-logs', 'request-logs', 'traces', 'metrics'])('is nowhere in %s', (name) => {
    const text = written.get(`${name}.ndjson`)!;
    expect(text.length).toBeGreaterThan(0);
    expect(text.match(/s3cr3t-[\w-]*/g)).toBeNull();
    expect(text).not.toContain(basic);
  });
});
