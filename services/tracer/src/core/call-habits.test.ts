import { describe, expect, it } from 'vitest';
import { CallHabits } from './call-habits.ts';
import { Delays } from './delays.ts';

describe('delays', () => {
  it('are likelier the more examples were about as long, and never impossible', () => {
    const delays = new Delays();
    for (let i = 0; i < 100; i++) delays.add(1_000 + i);
    expect(delays.total).toBe(100);
    expect(delays.logLikelihood(1_050)).toBeGreaterThan(delays.logLikelihood(1_500));
    expect(delays.logLikelihood(1_500)).toBeGreaterThan(delays.logLikelihood(60e6));
    for (const us of [-5, 0, 1e15]) expect(delays.logLikelihood(us)).toBeGreaterThan(-10);
  });

  it('sum up to a certainty over all of them', () => {
    const delays = new Delays();
    for (let i = 0; i < 50; i++) delays.add(2 ** (i % 25));
    const likelihoods = new Set<number>();
    let sum = 0;
    for (let power = 0; power < 45; power += 0.01) {
      const one = delays.logLikelihood(2 ** power - 8);
      if (!likelihoods.has(one)) sum += Math.exp(one);
      likelihoods.add(one);
    }
    expect(sum).toBeLessThanOrEqual(1.01);
  });
});

describe('habits of calling', () => {
  const callee = 'cart>redis redis GET';
  const ofCart = (parent: string) => ({ parent, parentKind: 'web>cart http /', callee });
  const soon = { beforeUs: 500, afterUs: 900 };

  it('say nothing before twenty examples', () => {
    const habits = new CallHabits();
    for (let i = 0; i < 19; i++) habits.learn(ofCart(`p${i}`), soon);
    expect(habits.logLikelihood(ofCart('new'), soon)).toBeNaN();
    habits.learn(ofCart('p19'), soon);
    expect(habits.logLikelihood(ofCart('new'), soon)).toBeGreaterThan(-2);
  });

  it('know that a kind of parent makes a call once, or several times', () => {
    const habits = new CallHabits();
    for (let i = 0; i < 30; i++) habits.learn(ofCart(`p${i}`), soon);
    expect(habits.logLikelihood(ofCart('p3'), soon)).toBeLessThan(-20);
    for (let i = 0; i < 30; i++) habits.learn(ofCart(`p${i}`), soon);
    expect(habits.logLikelihood(ofCart('p3'), soon)).toBeGreaterThan(-2);
  });

  it('know which kinds of parents make a call, and which never did', () => {
    const habits = new CallHabits();
    for (let i = 0; i < 30; i++) habits.learn(ofCart(`p${i}`), soon);
    const other = { ...ofCart('x'), parentKind: 'probe>cart http /health' };
    expect(habits.logLikelihood(other, soon)).toBeLessThan(-12);
    for (let i = 0; i < 5; i++) habits.learn({ ...other, parent: `x${i}` }, soon);
    expect(habits.logLikelihood(other, soon)).toBeNaN();
  });
});
