import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const first: Actor = { tid: 11 };
const second: Actor = { tid: 12 };
const turn = (number: number): Actor => ({ tid: 1, turn: number });

describe('a thread', () => {
  it('calls for the request that it read last, until that is answered', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', second, 102);
    script.calls('a', first, 201);
    script.calls('b', second, 202);
    script.reads(first, 'a');
    script.calls('a2', first, 201);
    script.reads(first, 'a2');
    script.answers(first, 'A');
    script.calls('later', first, 201);
    expect(['a', 'b', 'a2', 'later'].map((name) => script.cause(name))).toEqual([
      'A by thread',
      'B by thread',
      'A by thread',
      '',
    ]);
  });

  it('keeps a row undecided until the cause is answered', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.calls('a', first, 201);
    script.reads(first, 'a');
    expect(script.isUndecided('a')).toBe(true);
    script.answers(first, 'A');
    expect(script.isUndecided('a')).toBe(false);
  });

  it('of a process that was never asked anything acts for nobody, which is decided with the answer', () => {
    const script = new CauseScript();
    script.calls('a', first, 201);
    expect(script.isUndecided('a')).toBe(true);
    script.reads(first, 'a');
    expect([script.cause('a'), script.isUndecided('a')]).toEqual(['', false]);
  });

  it('that another one starts works for its request', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.clones(first, 12);
    script.calls('a', second, 201);
    expect(script.cause('a')).toBe('A by thread_start');
  });

  it('that another one started, woken for a request that it did not take, works for the one that this answers', () => {
    const script = new CauseScript();
    const worker = { tid: 12 };
    const started = { tid: 13 };
    script.asked('A', first, 101);
    script.asked('B', first, 102);
    script.wakes(first, 12, 0xa0); // for B, but it takes A
    script.clones(worker, 13);
    script.calls('a', started, 201);
    script.reads(started, 'a');
    script.exits(started);
    script.answers(worker, 'A');
    expect(script.cause('a')).toBe('A by answer');
  });

  it('that ends with the work that it was started for did nothing else', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', { tid: 13 }, 102);
    script.clones(first, 12);
    script.clones(first, 14);
    for (const [name, tid] of [
      ['a', 12],
      ['?', 14],
    ] as const) {
      script.calls(name, { tid }, 200 + tid);
      script.reads({ tid }, name);
    }
    script.answers(first, 'A');
    script.exits({ tid: 12 });
    script.ticks();
    script.ticks();
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by thread_start', '']);
    expect([script.isUndecided('a'), script.isUndecided('?')]).toEqual([false, false]);
  });

  it('that ends while what it was started for is open did that alone, though a lock has woken it and it has waited for long', () => {
    const script = new CauseScript();
    const other = { tid: 13 };
    script.asked('A', first, 101);
    script.asked('B', other, 102);
    script.clones(first, 12);
    script.clones(first, 14);
    for (const [name, tid] of [
      ['a', 12],
      ['?', 14],
    ] as const) {
      script.calls(name, { tid }, 200 + tid);
      script.reads({ tid }, name);
      script.wakes(other, tid, 0xa0);
    }
    script.waits(10_000);
    script.exits({ tid: 12 });
    script.answers(first, 'A');
    script.exits({ tid: 14 });
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by thread_start', '']);
  });

  it('takes away a cause that is answered before the call is', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.calls('a', first, 201);
    script.answers(first, 'A');
    script.reads(first, 'a');
    expect(script.cause('a')).toBe('');
  });
});

describe('threads at a queue', () => {
  it('work for the request in whose turn they were woken', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.wakes({ tid: 1 }, 11, 0xa0);
    script.asked('B', turn(2), 102);
    script.calls('a', first, 201);
    expect(script.cause('a')).toBe('A by wake');
  });

  it('that are busy take the next without a wake: who answers tells for whom the calls were', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.wakes({ tid: 1 }, 11, 0xa0);
    script.asked('B', turn(2), 102);
    script.calls('a', first, 201);
    script.reads(first, 'a');
    script.answers(first, 'A');
    script.calls('b', first, 201);
    script.reads(first, 'b');
    expect(script.cause('b')).toBe('');
    script.answers(first, 'B');
    expect(script.cause('b')).toBe('B by answer');
  });

  it('woken for one request may be overtaken by another thread: the answer corrects it', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.wakes({ tid: 1 }, 11, 0xa0);
    script.asked('B', turn(2), 102);
    script.wakes({ tid: 1 }, 12, 0xa0);
    script.calls('for B', first, 201);
    script.calls('for A', second, 202);
    script.reads(first, 'for B');
    script.reads(second, 'for A');
    script.answers(first, 'B');
    script.answers(second, 'A');
    expect([script.cause('for A'), script.cause('for B')]).toEqual(['A by answer', 'B by answer']);
  });

  it('that poll are loops when they have read a request before another one was answered', () => {
    const script = new CauseScript();
    const polled = (number: number) => ({ tid: 1, turn: 0x8000_0000 + number });
    script.asked('A', polled(1), 101);
    script.calls('a', polled(2), 201); // nobody else can have made it
    script.asked('B', polled(3), 102);
    script.calls('?', polled(4), 202); // of a loop: nothing was read in this turn
    script.reads(polled(5), 'a');
    script.calls('a2', polled(5), 201);
    expect([script.cause('a'), script.cause('?'), script.cause('a2')]).toEqual(['A by thread', '', 'A by thread']);
  });

  it('that wake who waits with a request worked for it', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.calls('a', second, 201);
    script.reads(second, 'a');
    script.wakes(second, 11, 0xb0);
    script.answers(first, 'A');
    expect(script.cause('a')).toBe('A by wake_back');
  });

  it('that answer requests themselves wake others for a lock alone', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.answers(first, 'A');
    script.asked('B', second, 102);
    script.answers(second, 'B');
    script.asked('C', first, 101);
    script.asked('D', { tid: 1 }, 104); // read by another thread, and answered by the second one
    script.calls('d', second, 201);
    script.reads(second, 'd');
    script.wakes(second, 11, 0xb0);
    script.answers(first, 'C');
    script.answers(second, 'D');
    expect(script.cause('d')).toBe('D by answer');
  });

  it('that answer before whom they woke had done nothing for that one', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', { tid: 13 }, 103);
    script.calls('b', second, 201); // it has taken that out of a queue
    script.reads(second, 'b');
    script.wakes(second, 11, 0xb0); // hands on the interpreter's lock
    script.answers(second, 'B');
    script.answers(first, 'A');
    expect(script.cause('b')).toBe('');
  });

  it('that wake who waits say nothing of a call before, which may have been of another task', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', { tid: 13 }, 103);
    for (const name of ['?', 'a']) {
      script.calls(name, second, 201);
      script.reads(second, name);
    }
    script.wakes(second, 11, 0xb0);
    script.answers(first, 'A');
    expect([script.cause('?'), script.cause('a')]).toEqual(['', 'A by wake_back']);
  });

  it('that wake who waits only after a while may have done something else since', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', { tid: 13 }, 103);
    script.calls('?', second, 201);
    script.reads(second, '?');
    script.waits(1000);
    script.wakes(second, 11, 0xb0);
    script.answers(first, 'A');
    expect(script.cause('?')).toBe('');
  });

  it('that wake who has begun to wait after the call worked for another one before', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.calls('?', second, 201);
    script.calls('a', first, 202);
    script.reads(first, 'a');
    script.reads(second, '?');
    script.wakes(second, 11, 0xb0);
    script.answers(first, 'A');
    expect(script.cause('?')).toBe('');
  });

  it('are told nothing by who is woken for something else than its request, which another one answers', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', { tid: 13 }, 103);
    script.calls('?', second, 201);
    script.reads(second, '?');
    script.wakes(second, 11, 0xb0);
    script.answers({ tid: 14 }, 'A');
    expect(script.cause('?')).toBe('');
  });

  it('that sleep at one futex pass a lock on', () => {
    const script = new CauseScript();
    for (const [name, tid] of [
      ['A', 11],
      ['B', 13],
    ] as const)
      script.asked(name, { tid }, 100 + tid);
    for (let i = 0; i < 4; i++) for (const tid of [11, 13]) script.wakes({ tid: 14 }, tid, 0xc0);
    script.calls('?', second, 201);
    script.reads(second, '?');
    script.wakes(second, 11, 0xc0);
    script.answers(first, 'A');
    expect(script.cause('?')).toBe('');
  });

  it('that are guessed to work for one of several requests are linked only by what confirms it', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.wakes({ tid: 1 }, 11, 0xa0);
    script.calls('only', first, 201);
    script.reads(first, 'only');
    script.asked('B', turn(2), 102);
    script.wakes({ tid: 1 }, 12, 0xa0);
    script.calls('?', second, 202);
    script.reads(second, '?');
    for (const name of ['A', 'B']) script.answers({ tid: 15 }, name);
    script.ticks();
    script.ticks();
    expect([script.cause('only'), script.cause('?')]).toEqual(['A by wake', '']);
  });

  it('that answer a request did not call for it what others went on with', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.asked('B', turn(1), 102);
    script.calls('?', first, 201);
    script.reads(second, '?');
    script.answers(first, 'B');
    expect(script.cause('?')).toBe('');
  });

  it('are told nothing by a lock, at which busy threads wake each other', () => {
    const script = new CauseScript();
    script.asked('A', first, 101);
    script.asked('B', second, 102);
    for (let i = 0; i < 3; i++) script.wakes(i % 2 ? first : second, i % 2 ? 12 : 11, 0xc0);
    script.wakes(first, 13, 0xc0);
    script.calls('?', { tid: 13 }, 201);
    expect(script.cause('?')).toBe('');
  });
});

describe('an event loop', () => {
  it('works for what it read last in this turn', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.calls('a', turn(1), 201);
    script.asked('B', turn(1), 102);
    script.calls('b', turn(1), 202);
    script.reads(turn(2), 'b');
    script.answers(turn(2), 'B');
    script.reads(turn(2), 'a');
    script.answers(turn(2), 'A');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('writes the first request on a connection for whom it was made', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.connects(turn(1), 201);
    script.asked('B', turn(2), 102);
    script.calls('a', turn(2), 201);
    expect(script.cause('a')).toBe('A by socket_creation');
  });

  it('does in a turn of timers what only the answer can tell', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.asked('B', turn(1), 102);
    script.calls('b', turn(2), 201);
    script.calls('a', turn(2), 202);
    script.reads(turn(3), 'a');
    script.calls('a2', turn(3), 202);
    script.reads(turn(4), 'b');
    script.answers(turn(4), 'B');
    script.reads(turn(5), 'a2');
    script.answers(turn(5), 'A');
    expect(['a', 'a2', 'b'].map((name) => script.cause(name))).toEqual(['A by answer', 'A by answer', 'B by answer']);
  });

  it('may run timers at the end of a turn: what it does then is not that of what it read', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.calls('timer', turn(2), 201);
    const due = { ...turn(3), timersDue: true };
    script.asked('B', due, 102);
    script.calls('b', due, 202);
    script.asked('C', due, 103);
    script.calls('?', due, 203);
    script.asked('D', turn(4), 104);
    expect(['b', '?'].map((name) => script.cause(name))).toEqual(['B by loop_turn', '']);
  });

  it('corrects what followed from a wrong guess', () => {
    const script = new CauseScript();
    script.asked('B', turn(1), 102);
    script.asked('A', turn(2), 101);
    script.calls('b', turn(2), 201); // set off by something that is not seen
    script.reads(turn(3), 'b');
    script.calls('b2', turn(3), 201);
    script.calls('b3', turn(3), 202);
    script.reads(turn(4), 'b2');
    script.reads(turn(5), 'b3');
    script.answers(turn(5), 'B');
    expect(['b', 'b2', 'b3'].map((name) => script.cause(name))).toEqual(['B by answer', 'B by answer', 'B by answer']);
  });

  it('that passes a free connection to a request that waited is corrected by the answer', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.calls('a', turn(1), 201);
    script.asked('B', turn(2), 102);
    script.reads(turn(3), 'a');
    script.calls('b', turn(3), 201);
    script.answers(turn(3), 'A');
    script.reads(turn(4), 'b');
    script.answers(turn(4), 'B');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by answer']);
  });

  it('that reads several answers at once goes on in their order', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B']) {
      script.asked(name, turn(1), name.charCodeAt(0));
      script.calls(`cache ${name}`, turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'cache A', 'cache B');
    script.calls('a', turn(2), 201);
    script.calls('b', turn(2), 202);
    script.reads(turn(3), 'a');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by response_order', 'B by response_order']);
  });

  it('makes calls of each kind in the order of those answers, and connections for them', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B']) {
      script.asked(name, turn(1), name.charCodeAt(0));
      script.calls(`cache ${name}`, turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'cache A', 'cache B');
    for (const name of ['A', 'B']) script.calls(`again ${name}`, turn(2), 200, { port: 6379 });
    script.calls('a', turn(2), 201);
    script.connects(turn(2), 202);
    script.calls('b', turn(3), 202);
    const names = ['again A', 'again B', 'a', 'b'];
    expect(names.map((name) => script.cause(name)[0])).toEqual(['A', 'B', 'A', 'B']);
  });

  it('goes on in that order for requests that only their answers tell', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B']) script.asked(name, turn(1), name.charCodeAt(0));
    for (const name of ['A', 'B']) script.calls(`cache ${name}`, turn(2), 200, { port: 6379 });
    script.reads(turn(3), 'cache A', 'cache B');
    script.calls('a', turn(3), 201);
    script.calls('b', turn(3), 202);
    script.reads(turn(4), 'b');
    script.answers(turn(4), 'B');
    script.reads(turn(4), 'a');
    script.answers(turn(4), 'A');
    const names = ['cache A', 'cache B', 'a', 'b'];
    expect(names.map((name) => script.cause(name)[0])).toEqual(['A', 'B', 'A', 'B']);
  });

  it('that reads several answers and goes on with only some of them tells nothing', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B']) {
      script.asked(name, turn(1), name.charCodeAt(0));
      script.calls(`cache ${name}`, turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'cache A', 'cache B');
    script.calls('?', turn(2), 201);
    script.asked('C', turn(3), 103);
    expect(script.cause('?')).toBe('');
  });
});

describe('an event loop that serves streams of HTTP/2', () => {
  it('may end an answer with what it does for another stream', () => {
    const script = new CauseScript();
    script.askedAtOnce(['A', 'B', 'C'], turn(1), 101);
    script.calls('a', turn(1), 201, { port: 81 });
    script.calls('b', turn(1), 202, { port: 82 });
    script.reads(turn(2), 'a');
    script.reads(turn(2), 'b');
    script.answers(turn(2), 'A', 50);
    script.answers(turn(2), 'B', 20);
    expect([script.cause('a'), script.cause('b')]).toEqual(['', '']);
  });
});

describe('an event loop, of messages that one read brings', () => {
  it('serves several requests in their order', () => {
    const script = new CauseScript();
    script.askedAtOnce(['A', 'B'], turn(1), 101);
    script.calls('a', turn(1), 201);
    script.connects(turn(1), 202);
    script.calls('b', turn(2), 202);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by response_order', 'B by socket_creation']);
  });

  it('goes on only with the last answer of those that one request waits for', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B']) {
      script.asked(name, turn(1), name.charCodeAt(0));
      for (const n of [1, 2]) script.calls(`cache ${name}${n}`, turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'cache A1', 'cache A2', 'cache B1');
    script.calls('a', turn(2), 201);
    script.reads(turn(3), 'cache B2');
    script.calls('b', turn(3), 202);
    script.reads(turn(4), 'a');
    script.reads(turn(4), 'b');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by response_order', 'B by loop_turn']);
  });

  it('tells by what each kind leads to where not all lead to the same', () => {
    const script = new CauseScript();
    for (const name of ['A', 'B', 'C']) {
      script.asked(name, turn(1), name.charCodeAt(0));
      script.calls(`cache ${name}`, turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'cache A');
    script.calls('again A', turn(2), 200, { port: 6379 });
    script.reads(turn(3), 'again A', 'cache B', 'cache C');
    script.answers(turn(3), 'A');
    script.calls('again B', turn(3), 200, { port: 6379 });
    script.calls('again C', turn(3), 200, { port: 6379 });
    script.reads(turn(4), 'again B');
    expect(['again A', 'again B', 'again C'].map((name) => script.cause(name))).toEqual([
      'A by loop_turn',
      'B by response_order',
      'C by response_order',
    ]);
  });

  it('does not tell by kinds what would be for a request that was answered', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.calls('cache A', turn(1), 200, { port: 6379 });
    script.asked('B', turn(2), 102);
    script.calls('b', turn(2), 201);
    script.reads(turn(3), 'b');
    script.calls('cache B', turn(3), 200, { port: 6379 });
    script.asked('C', turn(3), 103);
    script.calls('cache C', turn(3), 200, { port: 6379 });
    script.reads(turn(4), 'cache A', 'cache B', 'cache C');
    script.answers(turn(4), 'A');
    script.answers(turn(4), 'B');
    script.calls('c', turn(4), 202);
    script.reads(turn(5), 'c');
    expect(script.cause('c')).toBe('');
  });

  it('says nothing of more messages than a program handles apart, and takes no time for them', () => {
    const script = new CauseScript();
    const names = Array.from({ length: 20_000 }, (_, i) => `${i}`);
    script.askedAtOnce(names, turn(1), 101);
    script.calls('?', turn(1), 201);
    script.asked('A', turn(2), 102);
    expect(script.cause('?')).toBe('');
  });

  it('sends what waited for a connection for several: each is known by what it leads to', () => {
    const script = new CauseScript();
    script.asked('A', turn(1), 101);
    script.connects(turn(1), 200);
    script.asked('B', turn(1), 102);
    script.calls('hello', turn(2), 200, { port: 6379 });
    script.reads(turn(3), 'hello');
    for (const name of ['a', 'b', '?']) script.calls(name, turn(3), 200, { port: 6379 });
    script.reads(turn(4), 'a');
    script.answers(turn(4), 'A');
    script.reads(turn(5), 'b');
    script.answers(turn(5), 'B');
    expect(['a', 'b', '?'].map((name) => script.cause(name))).toEqual(['A by answer', 'B by answer', '']);
  });
});

it('what waited for a connection is for anybody, however much that was', () => {
  const script = new CauseScript();
  script.asked('A', turn(1), 101);
  script.calls('hello', turn(1), 200, { port: 6379 });
  script.reads(turn(2), 'hello');
  const names = Array.from({ length: 100 }, (_, i) => `${i}`);
  for (const name of names) script.calls(name, turn(2), 200, { port: 6379 });
  expect(new Set(names.map((name) => script.cause(name)))).toEqual(new Set(['']));
});

describe('a loop that reads first and writes later', () => {
  const proxy = (number: number): Actor => ({ ...turn(number), process: 'haproxy' });

  it('tells by what it forwards, where only one open request fits', () => {
    const script = new CauseScript();
    script.asked('A', proxy(1), 101, { resource: '/a' });
    script.asked('B', proxy(1), 102, { resource: '/b' });
    script.calls('a', proxy(1), 201, { resource: '/a' });
    script.asked('C', proxy(2), 103, { resource: '/same' });
    script.asked('D', proxy(2), 104, { resource: '/same' });
    script.calls('?', proxy(2), 202, { resource: '/same' });
    script.answers(proxy(2), 'D');
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by forwarded', '']);
  });

  it('passes on each request once', () => {
    const script = new CauseScript();
    const same = { resource: '/same' };
    script.asked('A', proxy(1), 101, same);
    script.calls('a', proxy(1), 201, same);
    script.asked('B', proxy(2), 102, same);
    script.calls('b', proxy(2), 202, same);
    for (const name of ['C', 'D']) script.asked(name, proxy(3), name.charCodeAt(0), same);
    for (const name of ['?', '??']) script.calls(name, proxy(3), 200 + name.length, same);
    script.asked('E', proxy(4), 105, same);
    script.calls('e', proxy(4), 205, same);
    expect(['a', 'b', '?', '??', 'e'].map((name) => script.cause(name))).toEqual([
      'A by forwarded',
      'B by forwarded',
      '',
      '',
      'E by forwarded',
    ]);
  });

  it('adds a request id of its own, which tells nothing on its way out', () => {
    const script = new CauseScript();
    const envoy = { ...turn(1), process: 'envoy' };
    for (const name of ['A', 'B']) script.asked(name, envoy, name.charCodeAt(0), { resource: `/${name}` });
    script.calls('a', envoy, 201, { resource: '/A', requestId: 'made-here' });
    expect(script.cause('a')).toBe('A by forwarded');
  });

  it('passes header lines on, with names as it likes, and with others of its own', () => {
    const script = new CauseScript();
    const asked = (name: string, socket: number, ...lines: string[]) =>
      script.asked(name, proxy(1), socket, { resource: '/same', lines: ['Host: shop', 'Accept: */*', ...lines] });
    const calls = (name: string, socket: number, ...lines: string[]) =>
      script.calls(name, proxy(1), socket, {
        resource: '/same',
        lines: ['accept: */*', 'x-forwarded-for: ::1', ...lines],
      });
    asked('A', 101, 'Cookie: a');
    asked('B', 102, 'Cookie: b');
    asked('C', 103, 'Cookie: a');
    calls('b', 202, 'cookie: b');
    calls('?', 201, 'cookie: a');
    asked('D', 104, 'X-Removed: d');
    asked('E', 105, 'X-Removed: e');
    calls('??', 203);
    expect(['b', '?', '??'].map((name) => script.cause(name))).toEqual(['B by forwarded', '', '']);
  });

  it('says nothing where a head is not whole, or not that of HTTP/1', () => {
    const script = new CauseScript();
    const resource = '/same';
    script.asked('A', proxy(1), 101, { resource });
    script.asked('B', proxy(1), 102, { resource, lines: ['Cookie: b'] });
    script.calls('?', proxy(1), 201, { resource, lines: ['Cookie: b'] });
    expect(script.cause('?')).toBe('');
  });
});

describe('a message that a broker pushes', () => {
  const consumes = (script: CauseScript, actor: Actor) => {
    script.calls('consume', actor, 101, { port: 5672 });
    script.reads(actor, 'consume');
  };
  const handles = (script: CauseScript, actor: Actor, ...names: string[]) => {
    for (const name of names) {
      script.calls(name, actor, 201);
      script.reads(actor, name);
    }
  };

  it.each([
    ['thread', first],
    ['loop', turn(2)],
  ] as const)('caused what a %s called before it acknowledged it', (_, actor) => {
    const script = new CauseScript();
    consumes(script, actor.turn ? turn(1) : first);
    script.pushed(actor, 101, 'Basic.Deliver', 'M', 'N');
    handles(script, actor, 'm', 'm2');
    script.acknowledges('ack', actor, 101, 1);
    handles(script, actor, 'n');
    script.acknowledges('ack2', actor, 101, 2);
    handles(script, actor, '?');
    expect(['m', 'm2', 'n', '?'].map((name) => script.cause(name))).toEqual([
      'M by answer',
      'M by answer',
      'N by answer',
      '',
    ]);
    expect(script.isUndecided('m')).toBe(false);
  });

  it('caused what a loop waited for before the turn in which it acknowledged it, and nothing that others wait for', () => {
    const script = new CauseScript();
    consumes(script, turn(1));
    script.pushed(turn(2), 101, 'Basic.Deliver', 'M', 'N');
    handles(script, turn(2), 'm', 'm2');
    script.calls('?', turn(2), 202);
    script.acknowledges('ack', turn(3), 101, 1);
    script.reads(turn(3), '?');
    expect(['m', 'm2', '?'].map((name) => script.cause(name))).toEqual(['M by answer', 'M by answer', '']);
  });

  it('is not told from others that are acknowledged with it', () => {
    const script = new CauseScript();
    consumes(script, first);
    script.pushed(first, 101, 'Basic.Deliver', 'M', 'N');
    handles(script, first, '?', '??');
    script.acknowledges('ack', first, 101, 2, true);
    expect([script.cause('?'), script.cause('??')]).toEqual(['', '']);
  });

  it('may be acknowledged before an older one', () => {
    const script = new CauseScript();
    consumes(script, first);
    script.pushed(first, 101, 'Basic.Deliver', 'M', 'N');
    for (const [name, goid, tag] of [
      ['n', 7, 2],
      ['m', 8, 1],
    ] as const) {
      handles(script, { goid }, name);
      script.acknowledges(`ack ${name}`, { goid }, 101, tag);
    }
    expect([script.cause('n'), script.cause('m')]).toEqual(['N by answer', 'M by answer']);
  });

  it('is no confirmation, which leaves the thread with its request', () => {
    const script = new CauseScript();
    script.asked('A', first, 301);
    consumes(script, first);
    script.pushed(first, 101, 'Basic.Ack', 'confirmed');
    script.calls('a', first, 201);
    expect(script.cause('a')).toBe('A by thread');
  });
});

describe('a goroutine', () => {
  const serving: Actor = { goid: 7 };

  it('calls for its request, and so do those that it starts', () => {
    const script = new CauseScript();
    script.asked('A', serving, 101);
    script.asked('B', { goid: 8 }, 102);
    script.calls('a', serving, 201);
    script.calls('a2', { goid: 9, parentGoid: 7 }, 202);
    expect([script.cause('a'), script.cause('a2')]).toEqual(['A by task', 'A by task_start']);
  });

  it('that writes for a connection works for whoever handed it the request', () => {
    const script = new CauseScript();
    const writer: Actor = { goid: 20, parentGoid: 7 };
    script.asked('A', serving, 101);
    script.asked('B', { goid: 8 }, 102);
    script.hands({ goid: 8 }, 201);
    script.calls('b', writer, 201);
    expect(script.cause('b')).toBe('B by task_handoff');
  });

  it('that gives a stream to the writer is known by it, before or after that writes', () => {
    const script = new CauseScript();
    const writer: Actor = { goid: 20, parentGoid: 7 };
    script.asked('A', serving, 101);
    script.asked('B', { goid: 8 }, 102);
    script.calls('b', writer, 201, { stream: 1 });
    script.hands({ goid: 8 }, 201, 1);
    script.hands(serving, 201, 5);
    script.calls('b2', writer, 201, { stream: 3 });
    script.calls('a', writer, 201, { stream: 5 });
    script.hands({ goid: 8 }, 201, 3);
    script.calls('?', writer, 201, { stream: 7 });
    expect(['a', 'b', 'b2', '?'].map((name) => script.cause(name))).toEqual([
      'A by task_handoff',
      'B by task_handoff',
      'B by task_handoff',
      '',
    ]);
  });

  it('takes a request that the reader of its connection has read', () => {
    const script = new CauseScript();
    const reader: Actor = { goid: 5 };
    script.asked('A', reader, 101, { stream: 1 });
    script.asked('B', reader, 101, { stream: 3 });
    script.takes({ goid: 21, parentGoid: 5 }, 101, 1);
    script.takes({ goid: 22, parentGoid: 5 }, 101, 3);
    script.calls('b', { goid: 22 }, 202);
    script.calls('a', { goid: 21 }, 201);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by task', 'B by task']);
  });

  it('that was started for an answered request works for nobody', () => {
    const script = new CauseScript();
    const writer: Actor = { goid: 20, parentGoid: 7 };
    script.asked('A', serving, 101);
    script.calls('a', writer, 201);
    script.reads(writer, 'a');
    script.answers(serving, 'A');
    script.asked('A2', serving, 101);
    script.calls('?', writer, 201);
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by task_start', '']);
  });
});

describe('a task of an event loop', () => {
  /** The loop reads for all of them, in a callback of each connection. */
  const reader: Actor = { tid: 1, turn: 1, goid: 50 };
  const serving: Actor = { tid: 1, turn: 2, goid: 51 };

  it('answers, and so do those that it made: all of that was for the request', () => {
    const script = new CauseScript();
    for (const goid of [50, 51]) script.makes({}, goid);
    script.asked('A', reader, 101);
    script.makes(serving, 60);
    script.makes(serving, 61);
    script.asked('B', reader, 102);
    script.calls('a', { ...serving, goid: 60 }, 201);
    script.calls('a2', { ...serving, goid: 61 }, 202);
    script.reads(reader, 'a2');
    script.reads(reader, 'a');
    script.calls('a3', serving, 203);
    script.reads(reader, 'a3');
    script.answers(serving, 'A');
    expect(['a', 'a2', 'a3'].map((name) => script.cause(name))).toEqual(['A by answer', 'A by answer', 'A by answer']);
  });

  it('answers for those that it made, not for those that were made with it', () => {
    const script = new CauseScript();
    script.makes({}, 50);
    for (const goid of [51, 52]) script.makes({ goid: 50 }, goid);
    script.asked('A', reader, 101);
    script.asked('B', reader, 102);
    script.calls('a', { ...serving, goid: 51 }, 201);
    script.calls('b', { ...serving, goid: 52 }, 202);
    script.reads(reader, 'a');
    script.reads(reader, 'b');
    script.answers({ ...serving, goid: 51 }, 'A');
    script.answers({ ...serving, goid: 52 }, 'B');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by answer', 'B by answer']);
  });

  it('answers for those that it made, too, where it is older than the capture', () => {
    const script = new CauseScript();
    script.makes({ goid: 99 }, 98);
    script.asked('A', reader, 101);
    script.makes(serving, 60);
    script.asked('B', reader, 102);
    script.calls('a', { ...serving, goid: 60 }, 201);
    script.reads(reader, 'a');
    script.calls('a2', serving, 202);
    script.reads(reader, 'a2');
    script.answers(serving, 'A');
    expect(['a', 'a2'].map((name) => script.cause(name))).toEqual(['A by answer', 'A by answer']);
  });

  it('is one that was told of, in a program that has been seen from its begin: another id is that of the thread', () => {
    const script = new CauseScript();
    script.executes({});
    script.makes({ goid: 99 }, 98);
    script.asked('A', { ...reader, goid: 0 }, 101);
    script.calls('a', { ...reader, goid: 52 }, 201);
    expect(script.cause('a')).toBe('A by loop_turn');
  });

  it('whose id was that of another one before does not answer for it', () => {
    const script = new CauseScript();
    for (const goid of [50, 51, 52]) script.makes({}, goid);
    script.asked('A', reader, 101);
    script.asked('B', reader, 102);
    script.calls('?', { ...serving, goid: 52 }, 201);
    script.reads(reader, '?');
    script.makes({}, 52);
    script.answers({ ...serving, goid: 52 }, 'A');
    expect(script.cause('?')).toBe('');
  });
});

it('the same X-Request-ID on both sides tells the cause', () => {
  const script = new CauseScript();
  script.asked('A', turn(1), 101, { requestId: 'id-a' });
  script.asked('B', turn(1), 102, { requestId: 'id-b' });
  script.calls('a', turn(2), 201, { requestId: 'id-a' });
  expect(script.cause('a')).toBe('A by request_id');
});
