import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { sip } from './index.ts';

const head = (start: string, cseq: string, more = '') =>
  `${start}\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\nCall-ID: a84b4c76e66710@pc33\r\nCSeq: ${cseq}\r\n${more}Content-Length: 0\r\n\r\n`;

// After RFC 3261 section 24.2
const CALL: Turn[] = [
  {
    direction: 0,
    bytes: head('INVITE sip:bob:planted@biloxi.com SIP/2.0', '314159 INVITE', 'Authorization: Digest planted\r\n'),
  },
  { direction: 1, bytes: head('SIP/2.0 180 Ringing', '314159 INVITE') },
  { direction: 1, bytes: head('SIP/2.0 200 OK', '314159 INVITE') },
  { direction: 0, bytes: head('ACK sip:bob@192.0.2.4 SIP/2.0', '314159 ACK') },
  { direction: 1, bytes: head('SIP/2.0 200 OK', '314159 INVITE') },
  { direction: 1, bytes: head('BYE sip:alice@pc33.atlanta.com SIP/2.0', '231 BYE') },
  { direction: 0, bytes: head('SIP/2.0 481 Call/Transaction Does Not Exist', '231 BYE') },
];
const expected = [
  ['INVITE', 'biloxi.com', '200', 'ok'],
  ['ACK', '192.0.2.4', '', 'ok'],
  ['BYE', 'pc33.atlanta.com', '481', 'client_error'],
];
const rows = (turns: Turn[], transport: 'udp' | 'tcp') =>
  play(turns, { transport }).recorder.requests.map((x) => [
    x.request_type,
    x.request_domain,
    x.response_code,
    x.response_status,
  ]);

describe('SIP', () => {
  it('reports a call: requests of both sides, provisional and repeated responses', () => {
    expect(rows(CALL, 'udp')).toEqual(expected);
  });

  it('gives the answer to the first of requests that are sent again', () => {
    const again = ['INVITE', 'biloxi.com', '', 'unknown'];
    expect(rows([CALL[0], ...CALL], 'udp')).toEqual([again, ...expected]);
    expect(rows([...CALL.slice(0, 2), CALL[0], ...CALL.slice(2)], 'udp')).toEqual([again, ...expected]);
    const [first, second] = play([CALL[0], ...CALL], { transport: 'udp' }).recorder.requests;
    expect([first.attributes?.['flowloom.sip.repeated'], second.attributes?.['flowloom.sip.repeated']]).toEqual([
      'true',
      undefined,
    ]);
  });

  it('reports the same over TCP, in any segments', () => {
    const cut = CALL.flatMap(({ direction, bytes }) => [
      { direction, bytes: bytes.slice(0, 50) },
      { direction, bytes: bytes.slice(50) },
    ]);
    expect(rows(cut, 'tcp')).toEqual(expected);
  });

  it('shows no passwords', () => {
    const { recorder } = play(CALL, { transport: 'udp' });
    expect(recorder.requests[0].request_resource).toBe('sip:bob@biloxi.com');
    const shown = JSON.stringify(recorder.requests, (key, value) => (/session|waitsIn/.test(key) ? undefined : value));
    expect(shown).not.toContain('planted');
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(sip, [CALL], 2000).heldAtEnd).toBe(0);
    expect(fuzzProtocol({ ...sip, transports: ['tcp'] }, [CALL], 2000).heldAtEnd).toBe(0);
  });
});
