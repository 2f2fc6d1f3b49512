import { describe, expect, it } from 'vitest';
import { play } from '../testing/index.ts';

const get = (path: string) => ({ direction: 0 as const, bytes: `GET ${path} HTTP/1.1\r\n\r\n` });
const answer = (code: number) => ({ direction: 1 as const, bytes: `HTTP/1.1 ${code} X\r\nContent-Length: 0\r\n\r\n` });

describe('Session', () => {
  it('pairs pipelined responses in order', () => {
    const { recorder } = play([get('/1'), get('/2'), answer(200), answer(500)]);
    expect(recorder.requests.map((x) => [x.request_resource, x.response_status])).toEqual([
      ['/1', 'ok'],
      ['/2', 'server_error'],
    ]);
  });

  it('reports a request that is open at the end as unknown, or as timed out if it waited long enough', () => {
    expect(play([get('/1')]).recorder.requests[0].response_status).toBe('unknown');
    const late = play([get('/1'), { ...get('/2'), timeUs: 200_000_000 }]).recorder.requests;
    expect(late.map((x) => x.response_status)).toEqual(['timeout', 'unknown']);
  });

  it('times a request out, and does not take its late response for that of the next one', () => {
    const { recorder, engine } = play([get('/slow')], { open: true });
    engine.tick(1000 + 120_000_000);
    expect(recorder.events.slice(-2)).toEqual(['timedOut', 'request GET timeout']);
    expect(engine.stats.timeouts).toBe(1);
  });

  it('reports a response without its request as such', () => {
    const [lone] = play([answer(404)]).recorder.requests;
    expect([lone.has_request, lone.has_response, lone.client, lone.response_code]).toEqual([false, true, 0, '404']);
  });

  it('finds out which side asks', () => {
    const { recorder } = play([
      { direction: 1, bytes: 'GET / HTTP/1.1\r\n\r\n' },
      { direction: 0, bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' },
    ]);
    expect(recorder.events[1]).toBe('clientIs 1');
    expect(recorder.requests[0].client).toBe(1);
  });

  it('tells of requests and responses as they are seen', () => {
    const { recorder } = play([get('/'), answer(200)]);
    expect(recorder.events).toEqual(['protocolIs http', 'clientIs 0', 'asked', 'answered 1000', 'request GET ok']);
  });
});
