import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { CLIENT_HELLO, SERVER_HELLO } from '../../testing/tls-hellos.ts';
import { detect } from './detect.ts';
import { tls } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
function record(type: number, fragment: Uint8Array): Buffer {
  const header = Buffer.from([type, 3, 3, 0, 0]);
  header.writeUInt16BE(fragment.length, 3);
  return Buffer.concat([header, fragment]);
}
const HELLO = record(22, CLIENT_HELLO);
const CIPHERTEXT = record(23, Buffer.alloc(40, 7));
const client = (bytes: Uint8Array): Turn => ({ direction: 0, bytes });
const server = (bytes: Uint8Array): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) => play(turns, { protocols: [tls] }).recorder.requests;

describe('TLS', () => {
  it('reports a handshake of TLS 1.3 with what is visible of it', () => {
    const [row] = rows([
      client(HELLO),
      server(Buffer.concat([record(22, SERVER_HELLO), record(20, hex('01')), CIPHERTEXT])),
      client(Buffer.concat([record(20, hex('01')), CIPHERTEXT])),
      server(CIPHERTEXT),
    ]);
    expect(row).toMatchObject({
      protocol: 'tls',
      request_type: 'ClientHello',
      request_domain: 'example.com',
      version: '1.3',
      response_status: 'ok',
      response_result: 'TLS_AES_128_GCM_SHA256',
      start_us: 1000,
      end_us: 2000,
      attributes: { 'tls.protocol.version': '1.3', 'flowloom.tls.handshake_us': 2000 },
    });
  });

  it('reads hellos that are cut into records and segments', () => {
    const cut = Buffer.concat([record(22, CLIENT_HELLO.subarray(0, 50)), record(22, CLIENT_HELLO.subarray(50))]);
    for (let at = 1; at < cut.length; at += 7) {
      const [row] = rows([client(cut.subarray(0, at)), client(cut.subarray(at)), server(record(22, SERVER_HELLO))]);
      expect(row?.request_domain).toBe('example.com');
    }
  });

  it('blames the side that an alert is sent to', () => {
    const refused = rows([client(HELLO), server(record(21, hex('0228')))]);
    const distrusted = rows([client(HELLO), server(record(22, SERVER_HELLO)), client(record(21, hex('0230')))]);
    expect([...refused, ...distrusted].map((row) => [row.response_exception, row.response_status])).toEqual([
      ['handshake_failure', 'client_error'],
      ['unknown_ca', 'server_error'],
    ]);
  });

  it('takes early data for no end of the handshake', () => {
    const [row] = rows([client(Buffer.concat([HELLO, CIPHERTEXT])), server(record(22, SERVER_HELLO))]);
    expect(row.response_status).toBe('ok');
  });

  it('follows STARTTLS and upgrades by content', () => {
    expect(detect(HELLO, 0, HELLO.length)).toBe(Verdict.sure);
    expect(detect(CIPHERTEXT, 0, CIPHERTEXT.length)).toBe(Verdict.likely);
    const kafka = hex('0000001e 0012 0003 00000001 0000');
    expect(detect(kafka, 0, kafka.length)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seed = [client(HELLO), server(Buffer.concat([record(22, SERVER_HELLO), CIPHERTEXT])), client(CIPHERTEXT)];
    expect(fuzzProtocol(tls, [seed], 2000).heldAtEnd).toBe(0);
  });
});
