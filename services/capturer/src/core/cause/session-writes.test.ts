import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const [one, two, three]: Actor[] = [11, 12, 13].map((goid) => ({ tid: 1, goid }));
const stream = (number: number) => ({ protocol: 'http2', stream: number });

/** Three tasks are asked something, and each asks on one session; `atOnce` are sent by the first of them, or were told at once so far apart. */
function asks(atOnce: readonly string[], apartUs = 0): CauseScript {
  const script = new CauseScript();
  for (const [name, actor] of Object.entries({ A: one, B: two, C: three }))
    script.asked(name, actor, 100 + actor.goid!);
  script.callsAtOnce(atOnce, one, 200, apartUs);
  return script;
}

const answered = (script: CauseScript, ...calls: string[]): string[] => {
  script.reads({ tid: 1 }, ...calls);
  for (const [name, actor] of Object.entries({ A: one, B: two, C: three })) script.answers(actor, name);
  return calls.map((name) => script.cause(name));
};

it('a task that writes on a session asks for its own request', () => {
  const script = asks(['a']);
  script.calls('b', two, 200, stream(3));
  expect(answered(script, 'a', 'b')).toEqual(['A by task', 'B by task']);
});

it('of tasks that send what others have queued nothing is said, from then on', () => {
  const script = asks(['a', 'b']);
  script.calls('c', two, 200, stream(5));
  expect(answered(script, 'a', 'b', 'c')).toEqual(['', '', '']);
});

it('nor of threads', () => {
  const script = new CauseScript();
  const threads: Actor[] = [{ tid: 21 }, { tid: 22 }];
  for (const [i, name] of ['A', 'B'].entries()) script.asked(name, threads[i], 101 + i);
  script.callsAtOnce(['a', 'b'], threads[0], 200);
  expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['', '']);
});

it('requests of several writes that a parser was sure of at once are of nobody, and say nothing of those that follow', () => {
  const script = asks(['a', 'b'], 300);
  script.calls('c', three, 200, stream(5));
  expect(answered(script, 'a', 'b', 'c')).toEqual(['', '', 'C by task']);
});

it('who was given the request is known all the same', () => {
  const script = asks(['a', 'b']);
  script.hands(three, 200, 5);
  script.calls('c', two, 200, stream(5));
  expect(answered(script, 'a', 'b', 'c')).toEqual(['', '', 'C by task_handoff']);
});
