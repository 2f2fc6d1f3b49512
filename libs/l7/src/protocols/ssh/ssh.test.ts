import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { ssh } from './index.ts';

/** Zeek, ssh.pcap (single-conn): the server speaks first. */
const SERVER: Turn = { direction: 1, bytes: 'SSH-1.99-OpenSSH_3.9p1\n' };
const CLIENT: Turn = { direction: 0, bytes: 'SSH-2.0-OpenSSH_3.8.1p1 a comment\r\n' };
const ENCRYPTED: Turn = { direction: 0, bytes: 'SSH-2.0-planted\r\n' };
const rows = (list: Turn[]) => play(list, { protocols: [ssh], ports: [49_244, 22] }).recorder.requests;

describe('SSH', () => {
  it('reports both versions once, whoever speaks first, and nothing after', () => {
    for (const list of [
      [SERVER, CLIENT, ENCRYPTED],
      [CLIENT, SERVER, ENCRYPTED],
    ]) {
      const found = rows(list);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        protocol: 'ssh',
        client: 0,
        version: '1.99',
        request_type: 'IDENTIFICATION',
        request_resource: 'OpenSSH_3.8.1p1',
        response_result: 'OpenSSH_3.9p1',
        response_status: 'ok',
        has_request: true,
        has_response: true,
        request_bytes: 35,
        response_bytes: 23,
      });
    }
  });

  it('passes the lines that a server may send before (RFC 4253 4.2)', () => {
    const [row] = rows([CLIENT, { direction: 1, bytes: 'Welcome\r\nSSH-2.0-dropbear\r\n' }]);
    expect(row.response_result).toBe('dropbear');
  });

  it('reports a server whose client says nothing', () => {
    expect(rows([SERVER])[0]).toMatchObject({ response_result: 'OpenSSH_3.9p1', has_request: false });
  });

  it('survives mutations', () => {
    expect(
      fuzzProtocol(
        ssh,
        [
          [SERVER, CLIENT],
          [CLIENT, SERVER],
        ],
        2000,
      ).heldAtEnd,
    ).toBe(0);
  });
});
