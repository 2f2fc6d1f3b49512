import { expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

const turn = (number: number) => ({ tid: 1, turn: number });

/** In one turn a loop reads two requests, and answers each at once, or both when it has read all. */
function round(script: CauseScript, number: number, answers: 'later' | 'at once'): void {
  const names = [`A${number}`, `B${number}`];
  script.asked(names[0], turn(number), 101);
  if (answers === 'at once') {
    script.answers(turn(number), names[0]);
    script.asked(names[1], turn(number), 102);
  } else {
    script.asked(names[1], turn(number), 102);
    script.answers(turn(number), names[0]);
  }
  script.answers(turn(number), names[1]);
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
