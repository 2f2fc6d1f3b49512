import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../direction.ts';
import { Parse, type Protocol, Verdict } from '../protocol.ts';
import type { Exchange } from '../session/exchange.ts';
import { bytesOf, Recorder } from '../testing/index.ts';
import { L7Engine } from './engine.ts';

const REQUESTS =
  'POST /orders/1?token=secret HTTP/1.1\r\nHost: shop\r\nContent-Length: 11\r\n\r\nhello world' +
  'GET /two HTTP/1.1\r\nHost: shop\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n';
const RESPONSES =
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: a\r\n\r\n' +
  'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone';

interface Segment {
  direction: Direction;
  at: number;
  bytes: Uint8Array;
}

/** Cuts a text at the given places. */
function segments(direction: Direction, text: string, cuts: readonly number[]): Segment[] {
  const places = [0, ...[...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b), text.length];
  const pieces = places
    .slice(1)
    .map((end, i) => ({ direction, at: places[i], bytes: bytesOf(text.slice(places[i], end)) }));
  return pieces.filter(({ bytes }) => bytes.length > 0);
}

/** Sends segments one ms apart; sequence numbers wrap around in the middle. */
function send(pieces: readonly Segment[], requestSeq = 0xffff_ffe0, responseSeq = 0x7fff_fff0) {
  const recorder = new Recorder();
  const engine = new L7Engine(recorder);
  const connection = engine.openStream({ transport: 'tcp', ports: [40_000, 8080] });
  connection.segment(0, (requestSeq - 1) >>> 0, new Uint8Array(0), 0, 0, 0, 1, 2);
  connection.segment(1, (responseSeq - 1) >>> 0, new Uint8Array(0), 0, 0, 0, 2, 18);
  pieces.forEach(({ direction, at, bytes }, i) => {
    const seq = ((direction === 0 ? requestSeq : responseSeq) + at) >>> 0;
    connection.segment(direction, seq, bytes, 0, bytes.length, bytes.length, 1000 * (i + 1), 16);
  });
  connection.close(1_000_000);
  return { requests: recorder.requests, engine };
}

const essence = (x: Exchange) =>
  [
    x.request_type,
    x.request_resource,
    x.request_bytes,
    x.req_tcp_seq,
    x.response_code,
    x.response_bytes,
    x.resp_tcp_seq,
    x.trace_id,
  ].join(' ');
const whole = send([...segments(0, REQUESTS, []), ...segments(1, RESPONSES, [])]).requests.map(essence);

describe('StreamConnection', () => {
  it('reads two pipelined requests and their responses, each with its own sequence number', () => {
    const [request, response] = [REQUESTS.indexOf('GET /two'), RESPONSES.indexOf('HTTP/1.1 404')];
    expect(whole).toEqual([
      `POST /orders/1?token=REDACTED ${request} ${0xffff_ffe0} 201 ${response} ${0x7fff_fff0} `,
      `GET /two ${REQUESTS.length - request} ${request - 32} 404 ${RESPONSES.length - response} ${0x7fff_fff0 + response} 0af7651916cd43dd8448eb211c80319c`,
    ]);
  });

  it('gives the same records for any segmentation, reordering and duplication', () => {
    const cuts = fc.array(fc.nat(5000), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, cuts, fc.array(fc.nat(1000), { maxLength: 8 }), (requestCuts, responseCuts, swaps) => {
        const disorder = (pieces: Segment[]): Segment[] => {
          for (const swap of swaps) {
            const at = swap % pieces.length;
            const [moved] = pieces.splice(at, 1);
            pieces.splice((swap * 7) % (pieces.length + 1), 0, moved);
            if (swap % 3 === 0) pieces.push(moved);
          }
          return pieces;
        };
        const pieces = [
          ...disorder(segments(0, REQUESTS, requestCuts)),
          ...disorder(segments(1, RESPONSES, responseCuts)),
        ];
        const { requests, engine } = send(pieces);
        expect(requests.map(essence)).toEqual(whole);
        expect(engine.stats.heldBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('throws nothing and holds nothing wherever the capture ends', () => {
    for (let end = 0; end <= REQUESTS.length; end++) {
      const { engine } = send(
        [...segments(0, REQUESTS.slice(0, end), [7, 50])].filter(({ bytes }) => bytes.length > 0),
      );
      expect(engine.stats.heldBytes).toBe(0);
    }
  });

  it('prefers the first of two overlapping segments', () => {
    const text = 'GET /first HTTP/1.1\r\n\r\n';
    const { requests } = send([
      { direction: 0, at: 0, bytes: bytesOf(text.slice(0, 12)) },
      { direction: 0, at: 5, bytes: bytesOf(text.slice(5).replace('first', 'other')) },
    ]);
    expect(requests[0].request_resource).toBe('/first');
  });

  it('starts a request at its first byte and ends its response with the last one', () => {
    const { requests } = send([...segments(0, REQUESTS, [10]), ...segments(1, RESPONSES, [92 + 46])]);
    expect([requests[0].start_us, requests[0].end_us]).toEqual([1000, 3000]);
    expect([requests[1].start_us, requests[1].end_us]).toEqual([2000, 4000]);
  });

  it('goes on behind a hole inside a body', () => {
    const body = 'x'.repeat(500);
    const text = `HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n${body}HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n`;
    const { requests, engine } = send([
      ...segments(0, REQUESTS, []),
      ...segments(1, text, [100, 300]).filter((_, i) => i !== 1),
    ]);
    expect(requests.map((x) => x.response_code)).toEqual(['200', '404']);
    expect(engine.stats.gaps).toBe(0);
  });

  it('finds the next message after a hole that swallowed a head', () => {
    const text = 'GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n';
    const { requests, engine } = send(segments(0, text, [19, 30, 38]).filter((_, i) => i !== 1));
    expect(requests.map((x) => x.request_resource)).toEqual(['/a', '/c']);
    expect(engine.stats.gapBytes).toBe(11);
  });

  it('declares a hole at once when the receiver acknowledges beyond it', () => {
    const recorder = new Recorder();
    const connection = new L7Engine(recorder).openStream({ transport: 'tcp', ports: [1, 2] });
    const sendText = (direction: Direction, seq: number, text: string, ack = 0) => {
      const bytes = bytesOf(text);
      connection.segment(direction, seq, bytes, 0, bytes.length, bytes.length, 5000, 16, ack);
    };
    sendText(0, 1, 'GET /a HTTP/1.1\r\n\r\n');
    sendText(1, 1, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 20);
    sendText(0, 39, 'GET /c HTTP/1.1\r\n\r\n');
    sendText(1, 77, 'HTTP/1.1 204 No Content\r\n\r\n', 58);
    expect(recorder.events.filter((event) => event === 'asked')).toHaveLength(2);
  });

  it('reads what a short snap length leaves of a head', () => {
    const recorder = new Recorder();
    const connection = new L7Engine(recorder).openStream({ transport: 'tcp', ports: [1, 2] });
    const bytes = bytesOf('GET /cut HTTP/1.1\r\nHost: here\r\nUser-Agent: x');
    connection.segment(0, 1, bytes, 0, bytes.length, 400, 1000, 16);
    const next = bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
    connection.segment(1, 1, next, 0, next.length, next.length + 10, 2000, 16);
    connection.close(9000);
    expect(
      recorder.requests.map(({ request_resource, request_domain, response_code, end_us }) => [
        request_resource,
        request_domain,
        response_code,
        end_us,
      ]),
    ).toEqual([['/cut', 'here', '200', 2000]]);
  });

  it('gives up bytes that no protocol knows, and keeps nothing of them', () => {
    const recorder = new Recorder();
    const engine = new L7Engine(recorder);
    const connection = engine.openStream({ transport: 'tcp', ports: [1, 2] });
    const noise = Uint8Array.from({ length: 100 }, (_, i) => 128 + ((i * 37) % 128));
    for (let i = 0; i < 20; i++) connection.segment(0, i * 100, noise, 0, 100, 100, i, 16);
    expect(connection.finished).toBe(true);
    expect(engine.stats.unknown).toBe(1);
  });

  it('starts in the middle of a body and reads from the next message on', () => {
    const { requests } = send([
      { direction: 1, at: 0, bytes: bytesOf('...the rest of a page') },
      { direction: 0, at: 0, bytes: bytesOf('GET /later HTTP/1.1\r\n\r\n') },
      { direction: 1, at: 21, bytes: bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n') },
    ]);
    expect(requests.map(essence)[0]).toMatch(/^GET \/later .* 200 /);
  });

  it('keeps nothing of a segment whose acknowledgement made it give the connection up', () => {
    const ends: Protocol = {
      name: 'ends',
      transports: ['tcp'],
      detect: () => Verdict.sure,
      create: () => ({ parse: (_, view) => (view.bytes[view.start] === 1 ? 1 : Parse.done) }),
    };
    const engine = new L7Engine(new Recorder(), {}, [ends]);
    const connection = engine.openStream({ transport: 'tcp', ports: [1, 2] });
    const send = (direction: Direction, seq: number, byte: number, ack: number) =>
      connection.segment(direction, seq, Uint8Array.of(byte), 0, 1, 1, seq, 16, ack);
    send(0, 1, 1, 0);
    send(1, 1, 1, 0);
    send(0, 5, 2, 0); // ahead of a hole
    send(1, 9, 1, 6); // says that the hole was received, and is ahead of one itself
    connection.close(100);
    expect(connection.finished).toBe(true);
    expect(engine.stats.heldBytes).toBe(0);
  });
});
