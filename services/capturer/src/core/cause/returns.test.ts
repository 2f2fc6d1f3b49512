import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const proxy: Actor = { tid: 1, turn: 1, process: 'haproxy' };
const same = { resource: '/same', lines: ['Host: shop'] };
const ok = ['HTTP/1.1 200 OK', 'Server: app', 'Date: Thu, 01 Jan 1970 00:00:00 GMT'];

/** Requests A and B, which are alike, come at once, and are passed on as a and b, of which it is not known which is which. */
const bothPassedOn = (): CauseScript => {
  const script = new CauseScript();
  for (const [i, name] of ['A', 'B'].entries()) script.asked(name, proxy, 101 + i, same);
  for (const [i, name] of ['a', 'b'].entries()) script.calls(name, proxy, 201 + i, same);
  return script;
};

describe('requests that are alike, which a proxy passes on', () => {
  it('are known by the answer that it passes back before it reads another one', () => {
    const script = bothPassedOn();
    script.passes(proxy, 'a', ok);
    script.passes(proxy, 'B', [...ok, 'Via: proxy']);
    script.passes(proxy, 'b', ok);
    script.passes(proxy, 'A', ok);
    expect([script.cause('a'), script.cause('b')]).toEqual(['B by forwarded', 'A by forwarded']);
  });

  it('are known by what is in the head of the answer, where several have been read', () => {
    const script = bothPassedOn();
    script.passes(proxy, 'a', [...ok, 'ETag: a']);
    script.passes(proxy, 'b', [...ok, 'ETag: b']);
    script.passes(proxy, 'A', [...ok, 'ETag: b']);
    script.passes(proxy, 'B', [...ok, 'ETag: a']);
    expect([script.cause('a'), script.cause('b')]).toEqual(['B by forwarded', 'A by forwarded']);
  });

  it('stay unknown where the answers are alike, too', () => {
    const script = bothPassedOn();
    script.passes(proxy, 'a', ok);
    script.passes(proxy, 'b', ok);
    script.passes(proxy, 'A', ok);
    expect([script.cause('a'), script.cause('b')]).toEqual(['', '']);
  });

  it('may be answered by the proxy itself', () => {
    const script = bothPassedOn();
    script.passes(proxy, 'a', ok);
    script.passes(proxy, 'B', ['HTTP/1.1 503 Service Unavailable', 'Cache-Control: no-cache']);
    expect(script.cause('a')).toBe('');
  });
});
