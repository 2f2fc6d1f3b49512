import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { smtp } from './index.ts';

const client = (bytes: string): Turn => ({ direction: 0, bytes });
const server = (bytes: string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) =>
  play(turns, { ports: [40_000, 25] }).recorder.requests.map((x) => [
    x.request_type,
    x.request_resource,
    x.response_code,
  ]);

// After the example of RFC 5321 D.1
const MAIL = [
  server('220 foo.com Simple Mail Transfer Service Ready\r\n'),
  client('EHLO bar.com\r\n'),
  server('250-foo.com greets bar.com\r\n250-8BITMIME\r\n250 HELP\r\n'),
  client('MAIL FROM:<planted@bar.com>\r\n'),
  server('250 OK\r\n'),
  client('RCPT TO:<planted@foo.com>\r\n'),
  server('250 OK\r\n'),
  client('DATA\r\n'),
  server('354 Start mail input; end with <CRLF>.<CRLF>\r\n'),
  client('Subject: planted\r\n\r\nQUIT\r\n..\r\n.'),
  client('\r\nQUIT\r\n'),
  server('250 OK\r\n'),
  server('221 foo.com closing\r\n'),
];

describe('SMTP', () => {
  it('takes a login that is seen alone for its own, unless its mechanism is of FTP', () => {
    const first = (...turns: Turn[]) => play(turns).recorder.requests.map((x) => [x.protocol, x.request_type]);
    expect(first(client('AUTH PLAIN cGxhbnRlZA==\r\n'))).toEqual([]);
    expect(first(client('AUTH PLAIN cGxhbnRlZA==\r\n'), server('235 ok\r\n'))).toEqual([['smtp', 'AUTH']]);
    expect(first(client('AUTH TLS\r\n'), server('234 go\r\n'))).toEqual([['ftp', 'AUTH']]);
  });

  it('reports a mail, whose text is no command, in one DATA exchange', () => {
    expect(rows(MAIL)).toEqual([
      ['EHLO', 'bar.com', '250'],
      ['MAIL', 'bar.com', '250'],
      ['RCPT', 'foo.com', '250'],
      ['DATA', '', '250'],
      ['QUIT', '', '221'],
    ]);
  });

  it('shows no credentials and no user part of an address', () => {
    const { recorder } = play(
      [
        ...MAIL,
        client('AUTH LOGIN\r\n'),
        server('334 VXNlcm5hbWU6\r\n'),
        client('cGxhbnRlZA==\r\n'),
        server('535 planted@x.y denied\r\n'),
      ],
      { ports: [40_000, 25] },
    );
    const shown = JSON.stringify(recorder.requests, (key, value) => (/session|waitsIn/.test(key) ? undefined : value));
    expect(shown).not.toMatch(/planted|cGxhbnRlZA/);
    expect(recorder.requests.at(-1)).toMatchObject({
      request_type: 'AUTH',
      response_code: '535',
      response_status: 'client_error',
    });
  });

  it('calls 4yz a failure of the server', () => {
    const { recorder } = play([...MAIL.slice(0, 4), server('451 local error\r\n')], { ports: [40_000, 25] });
    expect(recorder.requests.at(-1)).toMatchObject({ response_code: '451', response_status: 'server_error' });
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(smtp, [MAIL], 2000).heldAtEnd).toBe(0);
  });
});
