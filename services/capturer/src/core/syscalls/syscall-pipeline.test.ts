import { type RawRequest, rowOf } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { Windows } from '../budget/windows.ts';
import { ObservedCauses } from '../cause/cause-linker.ts';
import { SyscallEvent, SyscallKind } from './syscall-event.ts';
import { SyscallPipeline } from './syscall-pipeline.ts';

const loopback = 0x7f00_0001;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const ok = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

/** A pipeline over events that are written here, and what it has told the source. */
class Script {
  readonly rows: RawRequest[] = [];
  readonly orders: string[] = [];
  readonly windows = new Windows({ periodUs: 1_000_000, leadUs: 10_000, tailUs: 20_000 });
  readonly pipeline: SyscallPipeline;
  #timeUs = 1_000_000;

  /** Calls that the source has lost. */
  lostCalls = 0;

  constructor() {
    const lostCalls = () => this.lostCalls;
    const order = (name: string) => (socket: number, way?: string, seq?: number) =>
      void this.orders.push([name, socket, way, seq].filter((part) => part !== undefined).join(' '));
    this.pipeline = new SyscallPipeline({
      agent: 'here',
      requests: (batch) => {
        for (let row = 0; row < batch.length; row++) this.rows.push(rowOf(batch, row));
      },
      linker: () => new ObservedCauses(),
      maxSockets: 100,
      windows: this.windows,
      l7: {},
      source: {
        containerOf: () => '',
        noPayload: order('noPayload'),
        noPlaintext: order('noPlaintext'),
        silence: order('silence'),
        skipUntil: order('skipUntil'),
        forgetOrders: order('forgetOrders'),
        get lostCalls() {
          return lostCalls();
        },
      },
    });
  }

  event(kind: SyscallKind, fields: Partial<SyscallEvent>, text = '', copied = text.length): SyscallEvent {
    const event = Object.assign(new SyscallEvent(), { pid: 1, tid: 1, process: 'app', hasSeq: true }, fields);
    event.kind = kind;
    event.timeUs = this.#timeUs += 100;
    event.bytes = Buffer.from(text);
    event.end = copied;
    event.lengthBytes = fields.lengthBytes ?? text.length;
    for (const address of [event.localAddress, event.remoteAddress]) address.set([0, 0, 0xffff, loopback]);
    return event;
  }

  say(kind: SyscallKind, fields: Partial<SyscallEvent>, text = '', copied?: number): void {
    this.pipeline.event(this.event(kind, fields, text, copied));
  }

  /** Goes on at that time. */
  at(timeUs: number): void {
    this.#timeUs = timeUs;
  }

  end(): RawRequest[] {
    this.pipeline.flush(this.#timeUs);
    return this.rows;
  }
}

const { read, write, accept, exit, connect } = SyscallKind;
const served = { socket: 7, localPort: 80, remotePort: 4000 };

describe('SyscallPipeline', () => {
  it('writes a row at the process that was asked, and one at the process that asks', () => {
    const script = new Script();
    script.say(connect, { socket: 9, localPort: 4000, remotePort: 80, pid: 2, tid: 2 });
    script.say(accept, served);
    script.say(write, { socket: 9, localPort: 4000, remotePort: 80, pid: 2, tid: 2, seq: 100 }, get('/a'));
    script.say(read, { ...served, seq: 100 }, get('/a'));
    script.say(write, { ...served, seq: 900 }, ok(0));
    script.say(read, { socket: 9, localPort: 4000, remotePort: 80, pid: 2, tid: 2, seq: 900 }, ok(0));
    const rows = script.end();
    const ends = rows.map((row) => [row.observation_point, row.process_id, row.client_port, row.server_port]);
    expect(ends).toEqual([
      ['s-p', 1, 4000, 80],
      ['c-p', 2, 4000, 80],
    ]);
    expect(rows.map((row) => [row.req_tcp_seq, row.resp_tcp_seq, row.response_code])).toEqual([
      [100, 900, '200'],
      [100, 900, '200'],
    ]);
    expect(rows[0].request_id).not.toBe(rows[1].request_id);
  });

  it('takes what a short write repeats once', () => {
    const script = new Script();
    const answer = `${ok(10)}0123456789`;
    script.say(accept, served);
    script.say(read, { ...served, seq: 100 }, get('/a'));
    script.say(write, { ...served, seq: 900 }, answer);
    script.say(write, { ...served, seq: 920 }, answer.slice(20));
    script.say(read, { ...served, seq: 100 + get('/a').length }, get('/b'));
    script.say(write, { ...served, seq: 900 + answer.length }, ok(0));
    expect(script.end().map((row) => [row.request_resource, row.response_bytes])).toEqual([
      ['/a', answer.length],
      ['/b', ok(0).length],
    ]);
  });

  it('has the rest of a long body left out', () => {
    const script = new Script();
    const length = 10_000_000;
    script.say(accept, served);
    script.say(read, { ...served, seq: 100 }, get('/big'));
    script.say(write, { ...served, seq: 900, lengthBytes: 100_000 }, ok(length), ok(length).length);
    const end = 900 + ok(length).length + length;
    expect(script.orders).toEqual([`skipUntil 7 write ${end}`]);
    script.say(write, { ...served, seq: 100_900, lengthBytes: end - 100_900 });
    expect(script.end()[0].response_bytes).toBe(ok(length).length + length);
  });

  it('knows where a request goes that is encrypted before the end of the handshake is written', () => {
    const script = new Script();
    const asking = { socket: 9, localPort: 4000, remotePort: 443 };
    script.say(connect, asking);
    script.say(write, { ...asking, isTls: true, seq: 100 }, get('/first'));
    script.say(
      write,
      { ...asking, seq: 100 },
      `\x14\x03\x03\0\x01\x01\x17\x03\x03\0\x45${'f'.repeat(69)}\x17\x03\x03\0\x40`,
    );
    script.say(read, { ...asking, isTls: true, seq: 900 }, ok(0));
    script.say(write, { ...asking, isTls: true, seq: 300 }, get('/second'));
    script.say(write, { ...asking, seq: 300 }, '\x17\x03\x03\0\x40');
    script.say(read, { ...asking, isTls: true, seq: 1000 }, ok(0));
    expect(script.end().map((row) => row.req_tcp_seq)).toEqual([180, 300]);
  });

  it('gives both ends of a Unix socket the same numbers', () => {
    const script = new Script();
    const ends = { transport: 'unix', hasSeq: false } as const;
    const [asking, asked] = [
      { ...ends, socket: 9, pid: 2, tid: 2 },
      { ...ends, socket: 7, peerSocket: 9 },
    ];
    script.say(connect, asking);
    script.say(write, asking, get('/a'));
    script.say(accept, asked);
    script.say(read, asked, get('/a'));
    script.say(write, asked, ok(0));
    script.say(read, { ...asking, peerSocket: 7 }, ok(0));
    const [one, other] = script.end();
    expect(one).toMatchObject({ observation_point: 's-p', transport: 'unix', response_code: '200' });
    expect(other.observation_point).toBe('c-p');
    expect(one.req_tcp_seq).toBeGreaterThan(0);
    expect([other.req_tcp_seq, other.resp_tcp_seq]).toEqual([one.req_tcp_seq, one.resp_tcp_seq]);
  });

  it('stops the copying of what no parser knows', () => {
    const script = new Script();
    script.say(accept, served);
    for (let i = 0; i < 20; i++) script.say(read, { ...served, seq: 100 + 8 * i }, '\x99\x98\x97\x96????');
    expect(script.orders).toEqual(['noPayload 7']);
    expect(script.end()).toEqual([]);
  });

  it('reads on at once where calls were lost, and waits where one of another thread may be late', () => {
    for (const lostCalls of [0, 2]) {
      const script = new Script();
      script.say(accept, served);
      script.say(read, { ...served, seq: 100 }, get('/a'));
      script.say(write, { ...served, seq: 900 }, ok(0));
      script.lostCalls = lostCalls;
      // /b and its answer are not told
      script.say(read, { ...served, seq: 100 + 2 * get('/a').length }, get('/c'));
      script.say(write, { ...served, seq: 900 + 2 * ok(0).length }, ok(0));
      script.say(read, { ...served, seq: 100 + 3 * get('/a').length }, get('/d'));
      script.say(write, { ...served, seq: 900 + 3 * ok(0).length }, ok(0));
      script.pipeline.tick(1_100_000);
      expect(script.rows.map((row) => row.request_resource)).toEqual(lostCalls ? ['/a', '/c', '/d'] : ['/a']);
    }
  });

  it('leaves out the other end of its own connections', () => {
    const script = new Script();
    script.pipeline.ownConnection(script.event(connect, { socket: 5, localPort: 4000, remotePort: 80 }));
    script.say(read, { ...served, seq: 100 }, get('/own'));
    expect(script.orders).toEqual(['silence 7']);
    expect(script.end()).toEqual([]);
  });

  it('closes what a process leaves open at its end', () => {
    const script = new Script();
    script.say(write, { socket: 9, localPort: 4000, remotePort: 80, seq: 1 }, get('/lost'));
    script.say(exit, { otherTid: 1 });
    expect(script.pipeline.sockets.open).toBe(1);
    script.say(exit, { otherTid: 0 });
    expect(script.pipeline.sockets.open).toBe(0);
    expect(script.end().map((row) => [row.observation_point, row.response_status])).toEqual([['c-p', 'unknown']]);
  });

  it('holds a bounded number of sockets', () => {
    const script = new Script();
    for (let i = 1; i <= 150; i++) script.say(accept, { socket: i, localPort: 80, remotePort: 10_000 + i });
    expect(script.pipeline.sockets).toEqual({ open: 100, evicted: 50 });
  });

  describe('short of CPU', () => {
    const asking = { socket: 9, localPort: 4001, remotePort: 81 };

    it('sees the requests that begin in a window, and waits for their answers behind it', () => {
      const script = new Script();
      script.windows.setShare(0.5, 1_100_000);
      script.say(accept, served);
      script.at(1_499_000);
      script.say(read, { ...served, seq: 100 }, get('/in'));
      script.at(1_510_000);
      script.say(write, { ...served, seq: 900 }, ok(0));
      script.say(read, { ...served, seq: 100 + get('/in').length }, get('/behind'));
      script.at(1_700_000);
      script.say(write, { ...served, seq: 900 + ok(0).length }, ok(0));
      script.at(1_995_000);
      script.say(read, { ...served, seq: 5000 }, get('/before'));
      script.at(2_010_000);
      script.say(write, { ...served, seq: 9000 }, ok(0));
      script.say(read, { ...served, seq: 5000 + get('/before').length }, get('/next'));
      script.say(write, { ...served, seq: 9000 + ok(0).length }, ok(0));
      const rows = script.end().map((row) => [row.request_resource, row.response_code, row.server_port]);
      expect(rows).toEqual([
        ['/in', '200', 80],
        ['/next', '200', 80],
      ]);
    });

    it('reports what is not answered when it stops looking as what it is: not known', () => {
      const script = new Script();
      script.windows.setShare(0.5, 1_100_000);
      script.at(1_400_000);
      script.say(read, { ...served, seq: 100 }, get('/slow'));
      script.pipeline.advance(1_600_000);
      expect(script.pipeline.sockets.open).toBe(0);
      expect(script.end().map((row) => [row.request_resource, row.response_status])).toEqual([['/slow', 'unknown']]);
    });

    it('takes an answer to what was asked in between for no request, nor a call of then for one of now', () => {
      const script = new Script();
      script.windows.setShare(0.5, 1_100_000);
      script.pipeline.advance(1_600_000);
      script.say(read, { ...served, seq: 100 }, get('/unseen'));
      script.at(2_000_000);
      script.say(write, { ...asking, seq: 1 }, get('/its-call'));
      script.say(read, { ...asking, seq: 1 }, ok(0));
      script.say(write, { ...served, seq: 900 }, ok(0));
      script.say(read, { ...served, seq: 100 + get('/unseen').length }, get('/seen'));
      script.say(write, { ...asking, seq: 1 + get('/its-call').length }, get('/call'));
      script.say(read, { ...asking, seq: 1 + ok(0).length }, ok(0));
      script.say(write, { ...served, seq: 900 + ok(0).length }, ok(0));
      const rows = script.end();
      const resources = new Map(rows.map((row) => [row.request_id, row.request_resource]));
      const parents = rows.map((row) => [row.request_resource, resources.get(row.parent_request_id ?? '')]);
      expect(parents.toSorted()).toEqual([
        ['/call', '/seen'],
        ['/its-call', undefined],
        ['/seen', undefined],
      ]);
    });

    it('wants payload again in the next window of what it could not read in this one', () => {
      const script = new Script();
      script.windows.setShare(0.5, 1_100_000);
      for (let i = 0; i < 20; i++) script.say(read, { ...served, seq: 100 + 8 * i }, '\x99\x98\x97\x96????');
      script.pipeline.advance(1_600_000);
      expect(script.orders).toEqual(['noPayload 7', 'forgetOrders 7']);
    });
  });
});
