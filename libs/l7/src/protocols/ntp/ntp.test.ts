import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { ntp } from './index.ts';

/** RFC 5905 7.3 */
function packet(mode: number, stratum: number, origin: string, transmit: string, reference = '00000000'): Buffer {
  const times = `${'e09a7e9c00000000'}${origin}${'e09a7ee600000001'}${transmit}`;
  return Buffer.from(
    `${(0x20 | mode).toString(16)}${stratum.toString(16).padStart(2, '0')}03e8${'00'.repeat(8)}${reference}${times}`,
    'hex',
  );
}
const [ZERO, MINE, THEIRS] = ['0000000000000000', 'e09a7ee607050b00', 'e09a7ee60c648000'];
const QUESTION = packet(3, 0, ZERO, MINE);
const ANSWER = packet(4, 2, MINE, THEIRS);
const turns = (...list: Buffer[]): Turn[] => list.map((bytes, i) => ({ direction: i === 0 ? 0 : 1, bytes }));
const rows = (list: Turn[]) =>
  play(list, { transport: 'udp', protocols: [ntp], ports: [40_000, 123] }).recorder.requests;

describe('NTP', () => {
  it('pairs by the timestamp that the server sends back', () => {
    const found = rows(turns(QUESTION, ANSWER));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      protocol: 'ntp',
      version: '4',
      request_type: 'CLIENT',
      response_status: 'ok',
      response_result: 'stratum=2',
    });
  });

  it('reads a kiss-o-death as the client being at fault', () => {
    const [row] = rows(turns(QUESTION, packet(4, 0, MINE, THEIRS, Buffer.from('RATE').toString('hex'))));
    expect([row.response_code, row.response_status]).toEqual(['RATE', 'client_error']);
  });

  it('expects no response to a broadcast, and pairs control messages by sequence (RFC 9327 2)', () => {
    expect(rows(turns(packet(5, 2, ZERO, MINE)))[0].is_one_way).toBe(true);
    const control = (flags: string) => Buffer.from(`16${flags}0007${'00'.repeat(8)}`, 'hex');
    const [row] = rows(turns(control('02'), control('82')));
    expect([row.request_type, row.protocol_request_id, row.response_status]).toEqual(['CONTROL', '7', 'ok']);
  });

  it('is not sure of so little', () => {
    expect(detect(QUESTION, 0, 48, 0, 48)).toBe(Verdict.maybe);
    expect(detect(ANSWER, 0, 48, 0, 48)).toBe(Verdict.likely);
    expect(detect(Buffer.alloc(48), 0, 48, 0, 48)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(ntp, [turns(QUESTION, ANSWER)], 2000).heldAtEnd).toBe(0);
  });
});
