import { type RawRequest, rowOf } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { Windows } from './budget/windows.ts';
import { PacketPipeline } from './packet-pipeline.ts';

const [FIN, SYN, ACK] = [1, 2, 16];
const ethernetBytes = 14;
const headBytes = ethernetBytes + 20 + 20;
const isns = [1000, 0xffff_fffe];

/** One TCP connection in Ethernet and IPv4, whose sequence numbers are counted from the SYN of each side. */
class Connection {
  readonly requests: RawRequest[] = [];
  readonly windows = new Windows({ periodUs: 1_000_000, leadUs: 10_000, tailUs: 20_000 });
  packets = 0;
  readonly pipeline = new PacketPipeline({
    windows: this.windows,
    flows: (batch) => {
      for (let row = 0; row < batch.length; row++) this.packets += rowOf(batch, row).packets_tx ?? 0;
    },
    requests: (batch) => {
      for (let row = 0; row < batch.length; row++) this.requests.push(rowOf(batch, row));
    },
  });
  readonly site = this.pipeline.addInterface({ agent: 'a', name: '', source: 'pcap', kind: 'replay' });
  #timeUs = 1_700_000_000_000_000;

  send(side: 0 | 1, flags: number, seq: number, ack: number, text = ''): this {
    const frame = Buffer.alloc(headBytes + text.length);
    frame.set([0x08, 0, 0x45, 0], 12);
    frame.writeUInt16BE(40 + text.length, 16);
    frame.set([64, 6], 22);
    frame.set(side === 0 ? [10, 0, 0, 1, 10, 0, 0, 2] : [10, 0, 0, 2, 10, 0, 0, 1], 26);
    frame.writeUInt16BE(side === 0 ? 40_000 : 8080, 34);
    frame.writeUInt16BE(side === 0 ? 8080 : 40_000, 36);
    frame.writeUInt32BE((isns[side] + seq) >>> 0, 38);
    frame.writeUInt32BE((isns[1 - side] + ack) >>> 0, 42);
    frame.set([0x50, flags, 1, 0], 46);
    frame.write(text, headBytes, 'latin1');
    this.#timeUs += 1000;
    this.pipeline.frame(frame, 0, frame.length, frame.length, this.#timeUs, 1, this.site, 0);
    return this;
  }

  at(us: number): this {
    this.#timeUs = 1_700_000_000_000_000 + us;
    return this;
  }

  handshake(): this {
    return this.send(0, SYN, 0, 0)
      .send(1, SYN | ACK, 0, 1)
      .send(0, ACK, 1, 1);
  }

  end(): RawRequest[] {
    this.pipeline.flush();
    return this.requests;
  }
}

const request = 'GET /a HTTP/1.1\r\nHost: shop\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('parsers', () => {
  it('see nothing of a connection in which nothing is said', () => {
    const connection = new Connection()
      .handshake()
      .send(0, FIN | ACK, 1, 1)
      .send(1, FIN | ACK, 1, 2);
    expect(connection.end()).toEqual([]);
    expect(connection.pipeline.l7Stats!.connections).toBe(0);
  });

  it('know from the handshake where each stream begins, past 2^32 too', () => {
    const connection = new Connection().handshake();
    connection.send(0, ACK, 1, 1, request).send(1, ACK, 1, 1 + request.length, answer);
    expect(connection.end()).toMatchObject([
      { request_type: 'GET', response_code: '200', req_tcp_seq: 1001, resp_tcp_seq: 0xffff_ffff },
    ]);
    expect(connection.pipeline.l7Stats!.gaps).toBe(0);
  });

  it('read on behind a first segment that was lost', () => {
    const lost = 'POST /lost HTTP/1.1\r\nContent-Length: 9000\r\n\r\n';
    const connection = new Connection().handshake();
    connection.send(0, ACK, 1 + lost.length, 1, request).send(1, ACK, 1, 1 + lost.length + request.length, answer);
    expect(connection.end()).toMatchObject([{ request_type: 'GET', response_code: '200' }]);
  });

  it('begin with what is there where the handshake was not seen', () => {
    const connection = new Connection();
    connection.send(0, ACK, 500, 700, request).send(1, ACK, 700, 500 + request.length, answer);
    expect(connection.end()).toMatchObject([{ request_type: 'GET', response_code: '200', req_tcp_seq: 1500 }]);
    expect(connection.pipeline.l7Stats!.gaps).toBe(0);
  });

  describe('short of CPU', () => {
    const startUs = 1_700_000_000_000_000;

    it('see what begins in a window, and go on in the middle of connections; flows are counted all the time', () => {
      const connection = new Connection().handshake();
      connection.windows.setShare(0.5, startUs + 100_000);
      const [asked, answered] = [request.length, answer.length];
      connection
        .at(490_000)
        .send(0, ACK, 1, 1, request)
        .at(510_000)
        .send(1, ACK, 1, 1 + asked, answer);
      connection.at(700_000).send(0, ACK, 1 + asked, 1 + answered, request);
      connection.send(1, ACK, 1 + answered, 1 + 2 * asked, answer);
      connection.at(1_100_000).send(0, ACK, 1 + 2 * asked, 1 + 2 * answered, request.replace('/a', '/b'));
      connection.send(1, ACK, 1 + 2 * answered, 1 + 3 * asked, answer);
      expect(connection.end().map((row) => [row.request_resource, row.response_code])).toEqual([
        ['/a', '200'],
        ['/b', '200'],
      ]);
      expect(connection.pipeline.l7Stats!.gaps).toBe(0);
      expect(connection.pipeline.shed).toEqual({ packets: 2, bytes: asked + answered });
      expect(connection.packets).toBe(5);
    });

    it('know that a connection has begun before, though all of it was left out', () => {
      const connection = new Connection();
      connection.windows.setShare(0.5, startUs + 100_000);
      connection.at(700_000).handshake().send(0, ACK, 1, 1, request);
      connection.at(1_100_000).send(0, ACK, 1 + request.length, 1, request.replace('/a', '/b'));
      expect(connection.end().map((row) => row.request_resource)).toEqual(['/b']);
      expect(connection.pipeline.l7Stats!.gaps).toBe(0);
    });

    it('see nothing of a place that is left out, in no window, and cut there what is open', () => {
      const connection = new Connection().handshake();
      const [asked, answered] = [request.length, answer.length];
      connection.send(0, ACK, 1, 1, request).send(1, ACK, 1, 1 + asked, answer);
      connection.send(0, ACK, 1 + asked, 1 + answered, request);
      connection.pipeline.leaveOut(connection.site);
      connection.send(1, ACK, 1 + answered, 1 + 2 * asked, answer);
      connection.send(0, ACK, 1 + 2 * asked, 1 + 2 * answered, request);
      connection.pipeline.leaveOut(undefined);
      connection.send(0, ACK, 1 + 3 * asked, 1 + 2 * answered, request.replace('/a', '/b'));
      connection.send(1, ACK, 1 + 2 * answered, 1 + 4 * asked, answer);
      expect(connection.end().map((row) => [row.request_resource, row.response_code])).toEqual([
        ['/a', '200'],
        ['/a', undefined],
        ['/b', '200'],
      ]);
      expect(connection.pipeline.shed).toEqual({ packets: 2, bytes: asked + answered });
      expect(connection.packets).toBe(6);
    });

    it('go on at other places than the one that is left out', () => {
      const connection = new Connection().handshake();
      connection.send(0, ACK, 1, 1, request);
      connection.pipeline.leaveOut(connection.site + 1);
      connection.send(1, ACK, 1, 1 + request.length, answer);
      expect(connection.end()).toMatchObject([{ response_code: '200' }]);
    });

    it('do not call a request timed out whose answer they did not wait for', () => {
      const connection = new Connection().handshake();
      connection.windows.setShare(0.5, startUs + 100_000);
      connection.at(400_000).send(0, ACK, 1, 1, request);
      for (let us = 500_000; us < 200_000_000; us += 500_000) connection.pipeline.tick(startUs + us);
      expect(connection.end().map((row) => row.response_status)).toEqual(['unknown']);
    });
  });
});
