import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const on = (turn: number, goid: number): Actor => ({ tid: 1, turn, goid });
const server = 10;

/** As Quart has it: what reads a connection makes a task for each request, which makes one for the handler, and that one another to send the answer. */
function handled(script: CauseScript, names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    script.makes(on(1, server), 20 + i);
    script.asked(name, on(2, 20 + i), 101 + i);
    script.makes(on(3, server), 30 + i);
    script.makes(on(3, 30 + i), 40 + i);
  }
  for (const [i, name] of names.entries()) script.calls(name.toLowerCase(), on(4 + i, 40 + i), 201 + i);
  for (const name of names) script.reads(on(8, 60), name.toLowerCase());
  for (const [i] of names.entries()) script.makes(on(9, 40 + i), 50 + i);
}

it('a task that sends an answer does so for those that have made it since the request was read', () => {
  const script = new CauseScript();
  handled(script, ['A', 'B']);
  script.answers(on(10, 51), 'B');
  script.answers(on(11, 50), 'A');
  expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['A by answer', 'B by answer']);
});

it('not for one that is older, and has made tasks for other requests too', () => {
  const script = new CauseScript();
  script.makes(on(1, server), 19);
  script.calls('?', on(2, 19), 209);
  script.reads(on(2, 60), '?');
  script.makes(on(3, server), 11);
  script.asked('A', on(4, 11), 101);
  script.makes(on(5, 19), 50);
  script.calls('later', on(5, 19), 209);
  script.reads(on(6, 60), 'later');
  script.answers(on(7, 50), 'A');
  expect(['?', 'later'].map((name) => script.cause(name))).toEqual(['', '']);
});
