import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const first: Actor = { tid: 11 };
const second: Actor = { tid: 12 };
const worker: Actor = { tid: 21 };

/** A worker that has taken so many tasks that its queue is known. */
function withWorker(): CauseScript {
  const script = new CauseScript();
  for (let task = 1; task <= 4; task++) {
    script.puts({ tid: 10 }, 0xe000 + task);
    script.gets(worker, 0xe000 + task);
  }
  return script;
}

const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

it('who takes a task out of a queue works for whom it was put in, with or without a wake', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  script.puts(second, 0xb0);
  script.puts(first, 0xa0);
  script.gets(worker, 0xb0);
  script.calls('b', worker, 201);
  script.reads(worker, 'b');
  script.calls('b2', worker, 201);
  script.reads(worker, 'b2');
  script.gets(worker, 0xa0);
  script.calls('a', worker, 201);
  script.reads(worker, 'a');
  script.answers(first, 'A');
  script.answers(second, 'B');
  expect(causes(script, 'b', 'b2', 'a')).toEqual(['B by queue', 'B by queue', 'A by queue']);
});

it('a task of nobody known ends what the worker did before', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.puts(first, 0xa0);
  script.gets(worker, 0xa0);
  script.puts({ tid: 10 }, 0xc0);
  script.gets(worker, 0xc0);
  script.calls('?', worker, 201);
  expect(script.cause('?')).toBe('');
});

it('what a task of a loop put in, whose request is not known yet, is for what that task answers', () => {
  const script = withWorker();
  const loop = { tid: 1, turn: 5 };
  script.asked('A', loop, 101);
  script.makes(loop, 7);
  script.asked('B', { ...loop, turn: 6 }, 102);
  script.puts({ ...loop, turn: 7, goid: 7 }, 0xa0);
  script.gets(worker, 0xa0);
  script.calls('a', worker, 201);
  script.reads(worker, 'a');
  script.answers({ ...loop, turn: 8, goid: 7 }, 'A');
  expect(script.cause('a')).toBe('A by answer');
});

it('a queue into which things are put again is a pool of connections, and hands no work over', () => {
  const script = new CauseScript();
  for (let i = 0; i < 4; i++) {
    for (const actor of [first, second]) {
      script.puts(actor, 0xf000 + actor.tid!);
      script.gets(actor, 0xf000 + actor.tid!);
    }
  }
  script.asked('A', first, 101);
  script.puts(first, 0xf000 + first.tid!);
  script.gets(worker, 0xf000 + first.tid!);
  script.calls('?', worker, 201);
  expect(script.cause('?')).toBe('');
});

it('who has read a request itself works for that, whatever it takes out', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  script.puts(second, 0xb0);
  script.gets(first, 0xb0);
  script.calls('a', first, 201);
  expect(script.cause('a')).toBe('A by thread');
});
