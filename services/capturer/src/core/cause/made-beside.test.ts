import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { type Place, Reached } from './reached.ts';

/** Threads whose buffers lie a page of 64 KB apart, and how far they are filled. */
const thread =
  (tid: number, goid = 0) =>
  (filled: number): Actor => ({
    tid,
    goid,
    bufferStart: tid * 65_536,
    bufferTop: tid * 65_536 + filled,
    bufferEnd: tid * 65_536 + 32_768,
    collections: 1,
  });
const object = (tid: number, at: number): number => tid * 65_536 + at;
const place = (what: keyof typeof Reached, distance: number, value: number): Place => ({
  what: Reached[what],
  root: 3,
  distance,
  value,
});
const result = (at: number): Place => place('result', 0, at);

const [first, second, maker, worker, other] = [11, 12, 13, 21, 22].map((tid) => thread(tid));

/** Two requests are open, which came on the sockets 101 and 102. */
function waiting(): CauseScript {
  const script = new CauseScript();
  script.asked('A', first(100), 101);
  script.asked('B', second(100), 102);
  return script;
}

describe('a task of Java for which nobody waits yet', () => {
  it('is for the request that its maker has read, who has made no system call since', () => {
    const script = waiting();
    script.reaches(worker(0), result(object(12, 500)));
    script.calls('b', worker(0), 201);
    expect(script.cause('b')).toBe('B by object');
  });

  it('is for the same as what was made beside it, without a system call between', () => {
    const script = waiting();
    script.holds(maker(1000));
    script.reaches(worker(0), result(object(13, 1200)));
    script.calls('a2', worker(0), 202);
    script.reaches(other(0), result(object(13, 1100)), place('thread', 2, 11));
    script.calls('a1', other(0), 201);
    expect(script.cause('a2')).toBe('');
    script.holds(maker(1400));
    script.holds(maker(1500));
    expect(['a1', 'a2'].map((name) => script.cause(name))).toEqual(['A by waiting_thread', 'A by object']);
  });

  it('is for what its maker was at as it woke another thread then', () => {
    const script = waiting();
    script.holds(maker(1000));
    script.reaches(worker(0), result(object(13, 1200)));
    script.calls('b', worker(0), 201);
    script.holds(maker(1400));
    script.reachesAsItWakes(maker(1400), place('socket', 6, 102), result(object(98, 0)));
    expect(script.cause('b')).toBe('B by object');
  });

  it('is for nobody where what was made before it and behind it is for two', () => {
    const script = waiting();
    script.holds(maker(1000));
    script.reachesAsItWakes(maker(1000), place('socket', 6, 101), result(object(98, 0)));
    script.reaches(worker(0), result(object(13, 1200)));
    script.calls('?', worker(0), 201);
    script.holds(maker(1400));
    script.reachesAsItWakes(maker(1400), place('socket', 6, 102), result(object(98, 0)));
    expect(script.cause('?')).toBe('');
  });

  it('is for nobody once objects have been moved', () => {
    const script = waiting();
    script.reaches({ ...worker(0), collections: 2 }, result(object(12, 500)));
    script.calls('?', worker(0), 201);
    expect(script.cause('?')).toBe('');
  });

  /** For each of so many requests a maker, on the same thread, makes two tasks one behind the other, who waits for both. */
  function pairs(script: CauseScript, count: number, step: number): void {
    for (let i = 0; i < 2 * count; i++) {
      const at = object(13, 1000 * (i >> 1) + (i % 2) * step);
      script.reaches(worker(0), result(at), place('thread', 2, i % 4 < 2 ? 11 : 12));
    }
  }

  it('is for the same as what lies so far from it as others did that turned out to be for one request', () => {
    const script = waiting();
    pairs(script, 4, 472);
    script.reaches(other(0), result(object(13, 9000)), place('thread', 2, 12));
    script.reaches(worker(0), result(object(13, 9472)));
    script.calls('b', worker(0), 201);
    expect(script.cause('b')).toBe('B by object');
  });

  it('is for nobody where others that lay so far apart were for two requests', () => {
    const script = waiting();
    pairs(script, 5, 472);
    script.reaches(other(0), result(object(13, 9000)), place('thread', 2, 12));
    script.reaches(worker(0), result(object(13, 9528)));
    script.calls('?', worker(0), 201);
    expect(script.cause('?')).toBe('');
  });

  it('is for that rather than for whom its thread seems to have been woken', () => {
    const script = waiting();
    script.wakes(first(100), 21, 0xf0);
    script.reaches(worker(0), result(object(12, 500)));
    script.calls('b', worker(0), 201);
    script.reads(worker(0), 'b');
    script.answers(second(600), 'B');
    script.answers(first(600), 'A');
    expect(script.cause('b')).toBe('B by object');
  });
});

describe('a call that a client of Java sends, for which nobody waits yet', () => {
  it('is for the request that who asks has read', () => {
    const script = waiting();
    script.awaits(worker(0), 301, {}, place('made', 4, object(12, 500)));
    script.calls('b', worker(0), 301);
    expect(script.cause('b')).toBe('B by object');
  });

  it('is known later, if its maker is', () => {
    const script = waiting();
    script.awaits(worker(0), 301, {}, place('made', 4, object(13, 500)));
    script.calls('a', worker(0), 301);
    expect(script.cause('a')).toBe('');
    script.holds(maker(400));
    script.holds(maker(600));
    script.reachesAsItWakes(maker(600), place('socket', 6, 101), result(object(98, 0)));
    expect(script.cause('a')).toBe('A by object');
  });
});

it('a call of a thread that is at a task, for which nobody waits either, is for whom that was made', () => {
  const script = waiting();
  script.holds(maker(400));
  script.awaits(worker(0), 301, {}, place('made', 4, object(13, 500)));
  script.calls('b', worker(0), 301);
  script.reachesAsItWakes(maker(600), result(object(12, 500)));
  script.holds(maker(600));
  script.holds(second(600));
  script.holds(maker(700));
  expect(script.cause('b')).toBe('B by object');
});

describe('tasks that a virtual thread has made, which waits for something else first', () => {
  const [carrier, client] = [31, 41].map((tid) => thread(tid));
  const handler = (goid: number, filled: number): Actor => ({ ...carrier(filled), goid });
  const task = (number: number): Place => place('task', 1, number);

  /** The handlers 71 and 72 have read the requests A and B on one carrier, one behind the other. */
  function asked(): CauseScript {
    const script = new CauseScript();
    script.asked('A', handler(71, 100), 101);
    script.asked('B', handler(72, 1000), 102);
    script.holds(handler(73, 2000));
    return script;
  }

  /** The handler itself asks something, for which it has made an object there. */
  function asksItself(script: CauseScript, goid: number, made: number): void {
    script.awaits(client(0), 201, {}, task(goid), place('made', 3, object(31, made)));
    script.calls('own', client(0), 201);
  }

  /** The virtual thread 81 asks something: a task that a handler has made, with its result there. */
  function asksForTask(script: CauseScript, name: string, at: number): void {
    script.awaits(client(0), 202, {}, task(81));
    script.awaits(client(0), 202, { behind: true }, result(object(31, at)));
    script.calls(name, client(0), 202);
  }

  /** It asks so often itself, and objects tell for whom. */
  function asksOften(script: CauseScript, goid: number, made: number): void {
    for (let i = 0; i < 4; i++) asksItself(script, goid, made + 16 * i);
  }

  it('are for what it has read, where that was right before', () => {
    const script = new CauseScript();
    script.asked('A', handler(71, 100), 101);
    script.holds(handler(71, 900));
    script.asked('B', handler(72, 1000), 102);
    asksOften(script, 71, 800);
    asksForTask(script, 'a', 500);
    expect(script.cause('a')).toBe('A by object');
  });

  it('are for nobody as long as that has not been right', () => {
    const script = new CauseScript();
    script.asked('A', handler(71, 100), 101);
    script.holds(handler(71, 900));
    asksForTask(script, '?', 500);
    expect(script.cause('?')).toBe('');
  });

  it('are for nobody where another one has had its carrier since', () => {
    const script = asked();
    asksOften(script, 71, 800);
    asksForTask(script, '?', 500);
    expect(script.cause('?')).toBe('');
  });

  it('are for nobody where what was made behind them is for another request: its carrier may have run another one since', () => {
    const script = asked();
    asksItself(script, 72, 800);
    asksForTask(script, '?', 400);
    expect(script.cause('?')).toBe('');
  });

  it('are for nobody where it is not known who had the carrier, though something behind them is for a request', () => {
    const script = asked();
    script.holds(handler(74, 3000));
    asksItself(script, 72, 2800);
    asksForTask(script, '?', 2400);
    expect(script.cause('?')).toBe('');
  });
});
