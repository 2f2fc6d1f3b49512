import { describe, expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

/** In that turn; how many asynchronous resources it had made until then, if it tells. */
const loops = [
  { name: 'Node.js', loop: (turn: number, lastAsyncId: number) => ({ tid: 1, turn, lastAsyncId, asyncId: 0 }) },
  { name: 'another loop', loop: (turn: number, _lastAsyncId: number) => ({ tid: 1, turn }) },
] as const;

describe.each(loops)('a pool of connections of $name', ({ loop }) => {
  /** Requests A and B come, both call, and the pool has no more than these two connections. */
  const bothCall = (): CauseScript => {
    const script = new CauseScript();
    for (const [i, name] of ['A', 'B'].entries()) {
      script.asked(name, loop(1, 10 + 2 * i), 101 + i);
      script.calls(name.toLowerCase(), loop(1, 11 + 2 * i), 201 + i);
    }
    return script;
  };

  it('gives a connection that comes free to who goes on with the answer', () => {
    const script = bothCall();
    script.reads(loop(2, 20), 'a');
    script.calls('a2', loop(2, 20), 201);
    expect(script.cause('a2')).toBe('A by loop_turn');
  });

  it('gives it to another one where who goes on with the answer is done', () => {
    const script = bothCall();
    script.asked('C', loop(1, 20), 103);
    script.reads(loop(2, 20), 'a');
    script.calls('c', loop(2, 20), 201);
    script.answers(loop(2, 21), 'A');
    script.reads(loop(3, 30), 'c');
    script.calls('c2', loop(3, 30), 301, { port: 81 });
    expect([script.cause('c'), script.cause('c2')]).toEqual(['', '']);
    script.reads(loop(4, 40), 'c2');
    script.answers(loop(4, 40), 'C');
    expect([script.cause('c'), script.cause('c2')]).toEqual(['C by answer', 'C by answer']);
  });

  it('takes back, when it comes out that some had waited, what was believed of the others', () => {
    const script = bothCall();
    script.asked('C', loop(1, 20), 103);
    script.asked('D', loop(1, 22), 104);
    script.reads(loop(2, 30), 'a');
    script.calls('c', loop(2, 30), 201);
    expect(script.cause('c')).toBe('A by loop_turn');
    script.reads(loop(2, 32), 'b');
    script.answers(loop(2, 32), 'B');
    script.calls('d', loop(2, 32), 202);
    expect([script.cause('c'), script.cause('d')]).toEqual(['', '']);
  });

  it('has nobody waiting while another connection is free', () => {
    const script = bothCall();
    script.reads(loop(2, 30), 'a');
    script.answers(loop(2, 30), 'A');
    script.asked('C', loop(3, 40), 103);
    script.calls('c', loop(3, 40), 203);
    script.reads(loop(4, 50), 'c');
    script.calls('c2', loop(4, 50), 203);
    expect(script.cause('c2')).toBe('C by loop_turn');
  });
});

describe('an agent of Node.js that queues requests', () => {
  const node = (turn: number, lastAsyncId: number, asyncId = 0, triggerId = 0) => ({
    tid: 1,
    turn,
    lastAsyncId,
    asyncId,
    triggerId,
  });
  /** Request A calls on the only connection, then B is queued, which makes a resource, 25; and the answer to A's call is read. */
  const bWaits = (): CauseScript => {
    const script = new CauseScript();
    script.asked('A', node(1, 10), 101);
    script.connects(node(1, 12, 11), 201);
    script.calls('a', node(1, 16, 12), 201);
    script.asked('B', node(2, 24), 102);
    script.reads(node(3, 30), 'a');
    return script;
  };

  it('tells whose request it sends, by what it made when that was queued', () => {
    const script = bWaits();
    script.calls('b', node(3, 34, 32, 25), 201);
    script.reads(node(4, 40), 'b');
    script.calls('b2', node(4, 44, 42, 41), 301, { port: 81 });
    expect([script.cause('b'), script.cause('b2')]).toEqual(['B by loop_turn', 'B by loop_turn']);
  });

  it('has not queued what a resource of the connection has set off', () => {
    const script = new CauseScript();
    script.asked('Z', node(1, 10), 101);
    script.connects(node(1, 12, 11), 201);
    script.calls('z', node(1, 16, 12), 201);
    script.reads(node(2, 18), 'z');
    script.asked('A', node(3, 20), 102);
    script.calls('a', node(3, 24, 22, 5), 201);
    script.reads(node(4, 30), 'a');
    script.calls('a2', node(4, 34, 32, 12), 201);
    expect(script.cause('a2')).toBe('A by loop_turn');
  });

  it('has not queued what a resource of the call before has set off, in whosever turn that was sent', () => {
    const script = bWaits();
    script.calls('b', node(3, 34, 32, 25), 201);
    script.reads(node(4, 40), 'b');
    script.calls('b2', node(4, 44, 42, 33), 201);
    expect(script.cause('b2')).toBe('B by loop_turn');
  });
});
