import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { type Place, Reached } from './reached.ts';

const [first, second, third, worker, other]: Actor[] = [11, 12, 13, 21, 22].map((tid) => ({ tid }));
const session = 201;

/** The result of a task, and which thread waits for it. */
const task = (result: number, { tid }: Actor): Place[] => [
  { what: Reached.result, root: 3, distance: 0, value: result },
  { what: Reached.thread, root: 3, distance: 1, value: tid! },
];
const [taskA, taskB, taskC] = [task(0x1000, first), task(0x2000, second), task(0x3000, third)];

/** Three threads have read a request each, and wait. */
function waiting(): CauseScript {
  const script = new CauseScript();
  for (const [i, name] of ['A', 'B', 'C'].entries()) script.asked(name, [first, second, third][i], 101 + i);
  return script;
}

let streams = 0;
/** A client's thread writes that on its session, which leads to whoever waits for something there. */
function writes(
  script: CauseScript,
  name: string,
  writer: Actor,
  held: readonly Place[],
  reached: Actor = third,
): void {
  script.awaits(writer, session, {}, { what: Reached.thread, root: 1, distance: 2, value: reached.tid! });
  script.reaches(writer, ...held);
  script.calls(name, writer, session, { protocol: 'http2', stream: (streams += 2) });
}

const causes = (script: CauseScript, ...names: string[]): string[] => names.map((name) => script.cause(name));

describe('on a session of java.net.http', () => {
  it('a call is for whom the task of its thread leads to, not for whom its connection does', () => {
    const script = waiting();
    writes(script, 'a', worker, taskA);
    writes(script, 'b', other, taskB);
    expect(causes(script, 'a', 'b')).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('of calls that a thread writes for the same task nothing is known', () => {
    const script = waiting();
    writes(script, '?1', worker, taskA);
    writes(script, '?2', worker, taskA);
    writes(script, '?3', worker, taskA);
    writes(script, 'b', worker, taskB);
    expect(causes(script, '?1', '?2', '?3', 'b')).toEqual(['', '', '', 'B by waiting_thread']);
  });

  it('nor if the first of them is answered already, which was its own', () => {
    const script = waiting();
    writes(script, 'a', worker, taskA);
    script.reads(other, 'a');
    writes(script, '?', worker, taskA);
    expect(causes(script, 'a', '?')).toEqual(['A by waiting_thread', '']);
  });

  it('a thread goes on with the next task before its call is answered', () => {
    const script = waiting();
    writes(script, 'a', worker, taskA);
    writes(script, 'b', worker, taskB);
    script.reaches(worker, ...taskC);
    expect(causes(script, 'a', 'b')).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('who waits for something there when an answer is read tells nothing of the last call', () => {
    const script = waiting();
    writes(script, 'a', worker, taskA);
    writes(script, '?', worker, taskA);
    script.awaits(other, session, { reads: true }, { what: Reached.thread, root: 1, distance: 2, value: third.tid! });
    expect(script.cause('?')).toBe('');
  });

  it('who has no task, and writes before its call is answered, writes for others', () => {
    const script = waiting();
    writes(script, '?1', first, []);
    writes(script, '?2', first, []);
    writes(script, 'b', second, []);
    script.reads(other, 'b');
    writes(script, 'b2', second, []);
    expect(causes(script, '?1', '?2', 'b', 'b2')).toEqual(['', '', 'B by thread', 'B by thread']);
  });
});
