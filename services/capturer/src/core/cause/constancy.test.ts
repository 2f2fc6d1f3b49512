import { expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

const reader = { tid: 1 };
const worker = { tid: 2 };

/** The worker answers so many requests, each of which has come before all that it called since the one before, or has not. */
function after(script: CauseScript, requests: number, comesFirst: boolean): void {
  for (let i = 0; i < requests; i++) {
    const calls = [`first ${i}`, `second ${i}`];
    if (comesFirst) script.asked(`R ${i}`, reader, 101);
    script.calls(calls[0], worker, 201);
    script.reads(worker, calls[0]);
    if (!comesFirst) script.asked(`R ${i}`, reader, 101);
    script.calls(calls[1], worker, 201);
    script.reads(worker, calls[1]);
    script.answers(worker, `R ${i}`);
  }
}

function causes(script: CauseScript): string[] {
  script.asked('A', reader, 110);
  script.asked('B', reader, 111);
  for (const name of ['a', 'b']) {
    script.calls(name, worker, 210);
    script.reads(worker, name);
  }
  script.answers(worker, 'B');
  return ['a', 'b'].map((name) => script.cause(name));
}

it('a worker has called for the request that it answers', () => {
  const script = new CauseScript();
  after(script, 3, true);
  expect(causes(script)).toEqual(['B by answer', 'B by answer']);
});

it('one whose calls are tasks of their own has done the last one for it', () => {
  const script = new CauseScript();
  after(script, 1, false);
  expect(causes(script)).toEqual(['', 'B by answer']);
});

it('may call for something else once in a while', () => {
  const script = new CauseScript();
  after(script, 20, true);
  after(script, 1, false);
  expect(causes(script)).toEqual(['B by answer', 'B by answer']);
});
