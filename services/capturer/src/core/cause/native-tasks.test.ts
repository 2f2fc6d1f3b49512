import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

/** A heap of C: each task is an object of 0x200 bytes. */
const task = (number: number): number => 0x5500_0000_1000 + 0x200 * number;
const [queue, names] = [0x5500_0000_0100, 0x5500_0000_0200];

let turn = 0;
const loop = (...frames: number[]): Actor => ({ tid: 1, turn: ++turn, frames: [queue, ...frames] });
const worker = (tid: number, ...frames: number[]): Actor => ({ tid, frames: [...frames, queue] });

const tidOf = (number: number): number => 10 + (number % 2);
const ask = (script: CauseScript, number: number): void => script.asked(`R${number}`, loop(), 100 + number);

/** A worker makes two calls for that request, with this in its frames. */
function calls(script: CauseScript, number: number, ...frames: number[]): void {
  const tid = tidOf(number);
  for (const call of [`R${number} first`, `R${number} second`]) {
    script.calls(call, worker(tid, ...frames), 200 + tid);
    script.reads({ tid }, call);
  }
}
const answer = (script: CauseScript, number: number, ...frames: number[]): void =>
  script.answers(loop(...frames), `R${number}`);

type Frames = (number: number) => number[];
const own: Frames = (number) => [task(number)];

/** So many requests, two at a time, answered in the other order. */
function pairs(script: CauseScript, pairs: number, callers = own, loops = callers): void {
  for (let i = 0; i < 2 * pairs; i += 2) {
    ask(script, i);
    ask(script, i + 1);
    calls(script, i, ...callers(i));
    calls(script, i + 1, ...callers(i + 1));
    answer(script, i + 1, ...loops(i + 1));
    answer(script, i, ...loops(i));
  }
}

function causes(script: CauseScript, pairs: number): Set<string> {
  script.ticks();
  script.ticks();
  const all = Array.from({ length: 2 * pairs }, (_, i) => [`R${i} first`, `R${i} second`]).flat();
  return new Set(all.map((name) => script.cause(name).replace(name.split(' ')[0], 'its own')));
}

describe('threads that make calls for a loop', () => {
  it('tell what they hold from the first request on, also of a connection that was there before', () => {
    const script = new CauseScript();
    script.asked('A', { tid: 1, turn: 1 }, 101);
    expect(script.frameTellers.has(1)).toBe(true);
  });

  it('tell it from the first one on where nobody asks', () => {
    const script = new CauseScript();
    script.calls('a', { tid: 2 }, 201);
    expect(script.frameTellers.has(1)).toBe(true);
  });

  it('tell it as soon as a connection is accepted', () => {
    const script = new CauseScript();
    script.accepts({ tid: 1, turn: 1 }, 101);
    expect(script.frameTellers.has(1)).toBe(true);
  });

  it.each([
    ['do not tell it any more where they answer themselves', 2, false],
    ['go on to tell it where a loop answers', 1, true],
  ])('%s', (_, answerer, isTold) => {
    const script = new CauseScript();
    for (let i = 0; i < 400; i++) {
      script.asked(`R${i}`, { tid: 1, turn: ++turn }, 101);
      script.calls(`c${i}`, worker(2, task(i)), 201);
      script.reads({ tid: 2 }, `c${i}`);
      script.calls(`d${i}`, worker(2, task(i)), 201);
      script.reads({ tid: 2 }, `d${i}`);
      script.answers({ tid: answerer, ...(answerer === 1 && { turn: ++turn }), frames: [task(i)] }, `R${i}`);
    }
    script.ticks();
    script.ticks();
    expect(script.frameTellers.has(1)).toBe(isTold);
  });

  it('work for the request whose task they have in their frames', () => {
    const script = new CauseScript();
    pairs(script, 8);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  /** A thread for each connection waits for what workers do for it, and answers. */
  const waiting = (number: number, ...frames: number[]): Actor => ({
    tid: 50 + (number % 2),
    frames: [queue, ...frames],
  });
  function waits(script: CauseScript, pairs: number): void {
    for (let i = 0; i < 2 * pairs; i += 2) {
      for (const number of [i, i + 1]) script.asked(`R${number}`, waiting(number), 100 + number);
      for (const number of [i, i + 1]) calls(script, number, task(number));
      for (const number of [i + 1, i]) script.answers(waiting(number, task(number)), `R${number}`);
    }
  }

  it('work for a thread that waits for them, too', () => {
    const script = new CauseScript();
    waits(script, 8);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('may wake a thread for something else than they have done last', () => {
    const script = new CauseScript();
    waits(script, 8);
    script.asked('A', waiting(0), 100);
    script.asked('B', waiting(1), 101);
    script.calls('a', worker(10, task(20)), 210);
    script.reads({ tid: 10 }, 'a');
    script.wakes({ tid: 10 }, waiting(1).tid!, 0x1234);
    script.answers(waiting(1, task(21)), 'B');
    expect([script.cause('a'), script.isUndecided('a')]).toEqual(['B by wake_back', true]);
    script.answers(waiting(0, task(20)), 'A');
    script.ticks();
    script.ticks();
    expect([script.cause('a'), script.isUndecided('a')]).toEqual(['A by object', false]);
  });

  it('may hold another part of it than the loop', () => {
    const script = new CauseScript();
    pairs(script, 8, own, (number) => [task(number) + 0x48]);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('share what is of no request', () => {
    const script = new CauseScript();
    pairs(script, 8, (number) => [names, task(number)]);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('are told from others whose tasks the loop still holds, or already', () => {
    const script = new CauseScript();
    pairs(script, 16, own, (number) => (number % 6 < 4 ? [task(number ^ 1), task(number)] : [names, task(number)]));
    expect(causes(script, 16)).toEqual(new Set(['its own by object']));
  });

  it('work for nobody known where each holds the task of another one as well', () => {
    const script = new CauseScript();
    pairs(script, 8, own, (number) => [task(number ^ 1), task(number)]);
    expect(causes(script, 8)).toEqual(new Set(['']));
  });

  it('work for nobody known where hardly any task is found', () => {
    const script = new CauseScript();
    pairs(script, 20, own, (number) => [number < 8 ? task(number) : names + 0x1000 * number]);
    expect(causes(script, 20)).toEqual(new Set(['']));
  });

  it('work for nobody known where several hold the same', () => {
    const script = new CauseScript();
    pairs(script, 8, (number) => [task(number >> 1)]);
    expect(causes(script, 8)).toEqual(new Set(['']));
  });

  it('work for the only request there is, if they hold what all have', () => {
    const script = new CauseScript();
    for (let i = 0; i < 16; i++) {
      ask(script, i);
      calls(script, i, names);
      answer(script, i, names);
    }
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('hold what was freed and is another one’s by now', () => {
    const script = new CauseScript();
    pairs(script, 8, (number) => [task(number), names]);
    ask(script, 16);
    ask(script, 17);
    calls(script, 16, task(16), names);
    calls(script, 17, task(17), task(16));
    answer(script, 16, task(16));
    answer(script, 17, task(17));
    script.ticks();
    script.ticks();
    expect(['R16 first', 'R17 first'].map((name) => script.cause(name))).toEqual(['R16 by object', 'R17 by object']);
  });
});

/** Executors whose threads all wait for sockets, and go on with any connection's task (smol, Asio on several threads). */
describe('loops that go on with tasks of one another', () => {
  /** Both requests are read in one turn; then who is asked first calls, and is answered, first. */
  function interleaved(script: CauseScript, from: number, to: number, frames = own): void {
    for (let i = from; i < to; i += 2) {
      const both = { tid: 1, turn: ++turn };
      script.asked(`R${i}`, both, 100);
      script.asked(`R${i + 1}`, both, 101);
      for (const number of [i, i + 1]) {
        script.calls(`R${number} first`, { ...both, frames: [queue, ...frames(number)] }, 200 + (number % 2));
        script.reads({ tid: 2, turn: ++turn }, `R${number} first`);
      }
      for (const number of [i, i + 1])
        script.answers({ tid: 2, turn, frames: [queue, ...frames(number)] }, `R${number}`);
    }
    script.ticks();
    script.ticks();
  }
  const rulesOf = (script: CauseScript, from: number, to: number): Set<string> =>
    new Set(
      Array.from({ length: to - from }, (_, i) =>
        script.cause(`R${from + i} first`).replace(`R${from + i}`, 'its own'),
      ),
    );

  it('work for whose task they hold, whatever their turns tell', () => {
    const script = new CauseScript();
    interleaved(script, 0, 40);
    expect([...rulesOf(script, 0, 40)].filter((rule) => !rule.startsWith('its own'))).toEqual([]);
  });

  it('are not believed by their turns where these were wrong', () => {
    const script = new CauseScript();
    interleaved(script, 0, 40);
    interleaved(script, 40, 60, () => []);
    expect(rulesOf(script, 40, 60)).toEqual(new Set(['']));
  });

  it('are not believed by their turns where each reads answers to what others have called', () => {
    const script = new CauseScript();
    interleaved(script, 0, 40, () => []);
    expect(rulesOf(script, 0, 40)).toEqual(new Set(['']));
  });

  it('work for nobody known where what they hold tells of hardly any call', () => {
    const script = new CauseScript();
    interleaved(script, 0, 120, () => []);
    interleaved(script, 120, 136);
    expect(rulesOf(script, 120, 136)).toEqual(new Set(['']));
  });
});

it('a loop that does all of a request itself has turns, whatever its frames keep of the last one', () => {
  const script = new CauseScript();
  const holding = (number: number): Actor => ({ tid: 1, turn, frames: [queue, task(number)] });
  const next = (): Actor => ({ tid: 1, turn: ++turn });
  for (let i = 0; i < 64; i += 2) {
    for (const number of [i, i + 1]) {
      script.asked(`R${number}`, next(), 100 + (number % 2));
      script.calls(`R${number} first`, holding(number), 200 + (number % 2));
    }
    for (const number of [i, i + 1]) {
      script.reads(next(), `R${number} first`);
      script.calls(`R${number} second`, holding(i + 1), 300 + (number % 2));
    }
    for (const number of [i, i + 1]) {
      script.reads(next(), `R${number} second`);
      script.answers(holding(number), `R${number}`);
    }
  }
  expect(causes(script, 32)).toEqual(new Set(['its own by loop_turn']));
});

describe('a loop that does all of a request itself', () => {
  const same = (...frames: number[]): Actor => ({
    tid: 1,
    turn,
    ...(frames.length > 0 && { frames: [queue, ...frames] }),
  });
  const next = (...frames: number[]): Actor => {
    turn++;
    return same(...frames);
  };

  /** It reads two requests each time. What follows it does at once, or `late`, in turns in which it reads nothing. */
  function run(script: CauseScript, from: number, to: number, when: 'at once' | 'late', frames: Frames): void {
    const then = when === 'late' ? next : same;
    for (let i = from; i < to; i += 2) {
      const call = (number: number): void =>
        script.calls(`R${number} first`, then(...frames(number)), 200 + (number % 2));
      for (const number of [i, i + 1]) {
        script.asked(`R${number}`, next(), 100 + (number % 2));
        if (when === 'at once') call(number);
      }
      if (when === 'late') for (const number of [i + 1, i]) call(number);
      for (const number of [i, i + 1]) {
        script.reads(next(), `R${number} first`);
        script.answers(then(...frames(number)), `R${number}`);
      }
    }
    script.ticks();
    script.ticks();
  }
  const rules = (script: CauseScript, from: number, to: number): Set<string> =>
    new Set(
      Array.from({ length: to - from }, (_, i) =>
        script.cause(`R${from + i} first`).replace(`R${from + i}`, 'its own'),
      ),
    );

  it.each([
    ['is asked for what it holds, also as the only thread, where its turns do not tell', 'late', true],
    ['is not asked where they do', 'at once', false],
  ] as const)('%s', (_, when, isAsked) => {
    const script = new CauseScript();
    run(script, 0, 40, when, () => []);
    expect(script.loneTellers.has(1)).toBe(isAsked);
  });

  it('works for whose task it holds where its turns do not tell, if they have told the same before', () => {
    const script = new CauseScript();
    run(script, 0, 40, 'at once', own);
    run(script, 40, 80, 'late', own);
    expect(rules(script, 0, 40)).toEqual(new Set(['its own by loop_turn']));
    expect([...rules(script, 60, 80)]).toEqual(['its own by object']);
  });

  it('works for nobody known where its turns have told nothing at all', () => {
    const script = new CauseScript();
    run(script, 0, 40, 'late', own);
    expect(rules(script, 0, 40)).toEqual(new Set(['']));
  });
});
