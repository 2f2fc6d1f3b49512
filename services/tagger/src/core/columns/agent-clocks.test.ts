import { describe, expect, it } from 'vitest';
import { AgentClocks } from './agent-clocks.ts';

const second = 1e6;

/** Rows of each agent that arrive so many seconds after their end, at one time. */
function clocks(delays: Record<string, number>, nowS = 1000): AgentClocks {
  const all = new AgentClocks();
  for (const [agent, delay] of Object.entries(delays)) all.observe(agent, (nowS - delay) * second, nowS * second);
  return all;
}

describe('AgentClocks', () => {
  it('doubts who is late or early beside the others, and believes the others', () => {
    const all = clocks({ a: 0.2, b: 0.3, c: 0.4, ahead: -4.8, behind: 5.3 });
    expect(['a', 'b', 'c'].map((agent) => all.doubtUs(agent))).toEqual([0, 0, 0]);
    expect(all.doubtUs('ahead') / second).toBeCloseTo(-5.1, 5);
    expect(all.doubtUs('behind') / second).toBeCloseTo(5, 5);
  });

  it('doubts nobody while all are late, such as after a halt of the pipeline', () => {
    const all = clocks({ a: 60, b: 60.4, c: 60.2 });
    expect(['a', 'b', 'c'].map((agent) => all.doubtUs(agent))).toEqual([0, 0, 0]);
  });

  it('knows of two agents that nobody is early but by a wrong clock', () => {
    expect(clocks({ a: 0.1, behind: 5 }).doubtUs('behind')).toBeGreaterThan(4 * second);
    expect(clocks({ a: 0.1, ahead: -5 }).doubtUs('ahead')).toBe(-5 * second);
    expect(clocks({ a: 0.1, ahead: -5 }).doubtUs('a')).toBe(0);
  });

  it("takes the least of an agent's delays, and forgets it when its clock has been set", () => {
    const all = clocks({ a: 0.1, b: 0.1, c: 0.1, d: 5 });
    all.observe('d', 1000.9 * second, 1001 * second);
    expect(all.doubtUs('d')).toBe(0);
    for (const nowS of [1040, 1080]) {
      for (const agent of ['a', 'b', 'c']) all.observe(agent, (nowS - 0.1) * second, nowS * second);
      all.observe('d', (nowS + 7) * second, nowS * second);
    }
    expect(all.doubtUs('d')).toBeLessThan(-6 * second);
  });
});
