import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { ftp } from './index.ts';

const client = (bytes: string): Turn => ({ direction: 0, bytes });
const server = (bytes: string): Turn => ({ direction: 1, bytes });

// After RFC 959 section 7
const SESSION = [
  server('220 Service ready\r\n'),
  client('USER planted\r\n'),
  server('331 User name ok, need password\r\n'),
  client('PASS planted\r\n'),
  server('230-Welcome\r\n 230 is not the end\r\n230 User logged in\r\n'),
  client('RETR /pub/42/a.txt\r\n'),
  server('150 File status okay; about to open data connection\r\n'),
  server('226 Closing data connection\r\n'),
  client('STOR b\r\n'),
  server('552 Exceeded storage allocation\r\n'),
];

describe('FTP', () => {
  it('reports commands with their last replies, a transfer until its end', () => {
    const { recorder } = play(SESSION, { ports: [40_000, 21] });
    expect(recorder.requests.map((x) => [x.request_type, x.response_code, x.response_status])).toEqual([
      ['USER', '331', 'ok'],
      ['PASS', '230', 'ok'],
      ['RETR', '226', 'ok'],
      ['STOR', '552', 'client_error'],
    ]);
    expect(recorder.requests[2].endpoint).toBe('RETR /pub/{id}/a.txt');
    const shown = JSON.stringify(recorder.requests, (key, value) => (/session|waitsIn/.test(key) ? undefined : value));
    expect(shown).not.toContain('planted');
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(ftp, [SESSION], 2000).heldAtEnd).toBe(0);
  });
});
