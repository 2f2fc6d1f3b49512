import { expect, it } from 'vitest';
import { play, type Turn } from '../../testing/index.ts';
import { http1 } from './index.ts';

const turns: Turn[] = [
  { direction: 0, bytes: 'POST /a?b=c HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\nhello' },
  { direction: 1, bytes: 'HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' },
  { direction: 0, bytes: 'HEAD /d HTTP/1.1\r\nHost: shop\r\n\r\n' },
  { direction: 1, bytes: 'HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n' },
  { direction: 0, bytes: 'GET /e HTTP/1.1\r\nHost: shop\r\n\r\n' },
  { direction: 1, bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' },
];

const counted = (details: boolean) =>
  play(turns, { protocols: [http1], options: { details } }).recorder.requests.map((exchange) => [
    exchange.response_status,
    exchange.request_bytes,
    exchange.response_bytes,
    exchange.start_us,
    exchange.end_us,
  ]);

it('counts, judges and times the same without details, whatever frames the messages', () => {
  expect(counted(false).map(([status]) => status)).toEqual(['server_error', 'client_error', 'ok']);
  expect(counted(false)).toEqual(counted(true));
});

it('leaves out the texts where no details are wanted', () => {
  const [exchange] = play(turns, { protocols: [http1], options: { details: false } }).recorder.requests;
  expect([exchange.request_resource, exchange.request_domain, exchange.endpoint]).toEqual(['', '', '']);
});
