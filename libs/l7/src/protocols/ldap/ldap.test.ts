import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { ldap } from './index.ts';
import { detect } from './message.ts';

/** X.690: tag, length, content */
const ber = (tag: number, ...parts: string[]) => {
  const content = parts.join('');
  return String.fromCharCode(tag, content.length) + content;
};
const message = (id: number, operation: string) => ber(0x30, ber(2, String.fromCharCode(id)), operation);
const result = (tag: number, code: number) => ber(tag, ber(10, String.fromCharCode(code)), ber(4), ber(4, 'planted'));
const BIND = message(1, ber(0x60, ber(2, '\x03'), ber(4, 'cn=admin'), ber(0x80, 'planted')));
const SEARCH = message(2, ber(0x63, ber(4, 'dc=shop'), ber(10, '\x02'), ber(0xa3, ber(4, 'uid'), ber(4, 'planted'))));
const ENTRY = message(2, ber(0x64, ber(4, 'uid=1'), ber(0x30)));
const ask = (bytes: string): Turn => ({ direction: 0, bytes });
const say = (bytes: string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [ldap] }).recorder.requests;

describe('LDAP', () => {
  it('pairs by message id and counts entries', () => {
    const found = rows([
      ask(SEARCH),
      ask(BIND),
      say(message(1, result(0x61, 49))),
      say(ENTRY + ENTRY + message(2, result(0x65, 0))),
      ask(message(3, '\x42\0')),
    ]);
    expect(found).toMatchObject([
      {
        request_type: 'Bind',
        version: '3',
        request_resource: 'cn=admin',
        response_code: '49',
        response_status: 'client_error',
        response_exception: 'invalidCredentials',
      },
      { request_type: 'Search', request_resource: 'dc=shop', response_code: '0', rows_affected: 2 },
      { request_type: 'Unbind', is_one_way: true },
    ]);
    const shown = JSON.stringify(found.map(({ session, waitsIn, older, newer, ...row }) => row));
    expect(shown).not.toContain('planted');
  });

  it('is likely only where all lengths fit', () => {
    const judge = (text: string) => detect(Buffer.from(text, 'latin1'), 0, text.length, 0, text.length);
    expect(judge(BIND)).toBe(Verdict.likely);
    expect(judge(`${BIND}x`)).toBe(Verdict.no);
    expect(judge('0123456789abcdef')).toBe(Verdict.no);
  });

  it('survives mutations and lengths of 1 GB', () => {
    const seeds = [[ask(BIND + SEARCH), say(ENTRY + message(2, result(0x65, 0)))]];
    expect(fuzzProtocol(ldap, seeds, 2000).heldAtEnd).toBe(0);
    expect(rows([ask('\x30\x84\x3f\xff\xff\xff\x02\x01\x01\x60')])).toEqual([]);
  });
});
