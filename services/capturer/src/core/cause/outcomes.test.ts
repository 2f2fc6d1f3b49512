import { describe, expect, it } from 'vitest';
import { type Outcome, Outcomes } from './outcomes.ts';

const twoCalls: Outcome = new Map([[80, 2]]);
const answer: Outcome = new Map([[0, 1]]);

function seen(...[times, outcome]: [number, Outcome]): Outcomes {
  const outcomes = new Outcomes();
  for (let i = 0; i < times; i++) outcomes.saw('a', outcome);
  return outcomes;
}

describe('what a message leads to', () => {
  it('is not known before it was seen often', () => {
    expect(seen(15, twoCalls).usual('a')).toBeUndefined();
    expect(seen(16, twoCalls).usual('a')).toEqual(twoCalls);
    expect(seen(16, twoCalls).usual('b')).toBeUndefined();
  });

  it('is not usual where it differs', () => {
    const outcomes = seen(20, twoCalls);
    for (let i = 0; i < 5; i++) outcomes.saw('a', answer);
    expect(outcomes.usual('a')).toBeUndefined();
  });

  it('at the beginning counts less and less', () => {
    const outcomes = seen(10, answer);
    for (let i = 0; i < 300; i++) outcomes.saw('a', twoCalls);
    expect(outcomes.usual('a')).toEqual(twoCalls);
  });
});
