import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const first: Actor = { tid: 11 };
const second: Actor = { tid: 12 };
const stream = (number: number) => ({ protocol: 'grpc', stream: number, port: 50051 });

describe('threads that share a session of HTTP/2', () => {
  it('read answers for each other', () => {
    const script = new CauseScript();
    script.calls('before', second, 200, stream(1));
    script.asked('A', first, 101);
    script.calls('a', first, 200, stream(3));
    script.asked('B', second, 102);
    script.calls('b', second, 200, stream(5));
    script.reads(first, 'b');
    script.answers(first, 'A');
    script.reads(second, 'a');
    script.answers(second, 'B');
    expect([script.cause('a'), script.cause('b')]).toEqual(['', 'B by thread']);
  });

  /** Two threads serve on one connection, and the second one calls for A, whose answer the first one sends. */
  const servesTwo = (): CauseScript => {
    const script = new CauseScript();
    for (const [i, name] of ['X', 'Y'].entries()) {
      script.asked(name, first, 100, stream(1 + 2 * i));
      script.answers(i === 0 ? first : second, name);
    }
    script.asked('A', first, 100, stream(5));
    script.asked('B', first, 100, stream(7));
    script.calls('a', second, 201);
    script.reads(second, 'a');
    script.answers(first, 'A');
    return script;
  };

  it('send answers for each other: only the last call before one was surely for that', () => {
    const script = servesTwo();
    script.calls('b', second, 202);
    script.reads(second, 'b');
    script.answers(second, 'B');
    expect([script.cause('a'), script.cause('b')]).toEqual(['', 'B by answer']);
  });

  it('have nothing to do with what they send long after they were done', () => {
    const script = servesTwo();
    script.waits(2000);
    script.answers(second, 'B');
    expect(script.cause('a')).toBe('');
  });
});
