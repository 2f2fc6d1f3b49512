import { expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

const turn = (number: number) => ({ tid: 1, turn: number });

/** In one turn a loop reads three requests, and answers each at once, or all when it has read all. */
function round(script: CauseScript, number: number, answers: 'later' | 'at once'): void {
  const names = ['A', 'B', 'C'].map((letter) => letter + number);
  for (const [i, name] of names.entries()) {
    script.asked(name, turn(number), 101 + i);
    if (answers === 'at once') script.answers(turn(number), name);
  }
  if (answers === 'later') for (const name of names) script.answers(turn(number), name);
}

function causeAfter(answers: 'later' | 'at once'): string {
  const script = new CauseScript();
  for (let number = 1; number <= 4; number++) round(script, number, answers);
  script.asked('C', turn(9), 101);
  script.asked('D', turn(9), 102);
  script.calls('?', turn(9), 201);
  script.reads(turn(10), '?');
  return script.cause('?');
}

it('a loop that reads all first, and then does what follows, has turns that tell nothing', () => {
  expect(causeAfter('later')).toBe('');
});

it('of one that does at once what follows from what it reads, the last request has the turn', () => {
  expect(causeAfter('at once')).toBe('D by loop_turn');
});
