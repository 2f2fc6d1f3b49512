import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { type Place, Reached } from './reached.ts';

const [first, second, third, worker, other]: Actor[] = [11, 12, 13, 21, 22].map((tid) => ({ tid }));
const [session, made] = [201, 0x9000];

const thread = ({ tid }: Actor): Place => ({ what: Reached.thread, root: 0, distance: 3, value: tid! });
const exchange: Place = { what: Reached.made, root: 0, distance: 2, value: made };
/** The result of a task, and which thread waits for it. */
const task = (result: number, { tid }: Actor): Place[] => [
  { what: Reached.result, root: 3, distance: 0, value: result },
  { what: Reached.thread, root: 3, distance: 1, value: tid! },
];
const [taskA, taskB] = [task(0x1000, first), task(0x2000, second)];

/** Three threads have read a request each, and wait. */
function waiting(): CauseScript {
  const script = new CauseScript();
  for (const [i, name] of ['A', 'B', 'C'].entries()) script.asked(name, [first, second, third][i], 101 + i);
  return script;
}

/** A thread of the client, which has that task, writes the request of a stream, which leads to those places; undefined: to no stream. */
function writes(
  script: CauseScript,
  name: string,
  writer: Actor,
  held: readonly Place[],
  stream: number,
  places: readonly Place[] | undefined,
): void {
  script.awaits(writer, session, places ? { stream } : {}, ...(places ?? []));
  script.reaches(writer, ...held);
  script.calls(name, writer, session, { protocol: 'http2', stream });
}

const causes = (script: CauseScript, ...names: string[]): string[] => names.map((name) => script.cause(name));

describe('on a session of java.net.http', () => {
  it('a call is for whom its stream leads to, whatever the task of the thread is that writes it', () => {
    const script = waiting();
    writes(script, 'a', worker, taskB, 1, [thread(first)]);
    writes(script, 'b', worker, taskB, 3, [thread(second)]);
    script.reaches(worker, ...taskB);
    expect(causes(script, 'a', 'b')).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('who waits may be reached from its stream only when the answer is read', () => {
    const script = waiting();
    writes(script, 'a', worker, taskB, 1, []);
    writes(script, 'b', worker, taskB, 3, []);
    expect(causes(script, 'a', 'b')).toEqual(['', '']);
    script.awaits(other, session, { reads: true, stream: 3 }, thread(second));
    script.awaits(other, session, { reads: true, stream: 1 }, thread(first));
    script.awaits(other, session, { reads: true, stream: 5 }, thread(third));
    script.reads(other, 'b', 'a');
    expect(causes(script, 'a', 'b')).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('that counts for more than what was made beside', () => {
    const script = waiting();
    const maker: Actor = { ...first, bufferStart: 0x8000, bufferTop: 0x8800, bufferEnd: 0xf000 };
    script.holds(maker);
    script.holds({ ...maker, bufferTop: 0x9800 });
    writes(script, 'b', worker, taskA, 1, [exchange]);
    expect(script.cause('b')).toBe('A by object');
    script.awaits(other, session, { reads: true, stream: 1 }, thread(second));
    expect(script.cause('b')).toBe('B by waiting_thread');
  });

  it('who writes what it has just made writes for its own task, and for others what it has not', () => {
    const script = waiting();
    const top = (bufferTop: number): Actor => ({ ...worker, bufferStart: 0x8000, bufferTop, bufferEnd: 0xf000 });
    script.reaches(top(0x8800), ...taskA);
    writes(script, 'b', top(0x9800), taskB, 1, [exchange]);
    writes(script, '?', top(0x9900), taskB, 3, [{ ...exchange, value: 0x4000 }]);
    expect(causes(script, 'b', '?')).toEqual(['B by waiting_thread', '']);
  });

  it('of a call whose stream is not found nothing is known', () => {
    const script = waiting();
    writes(script, '?1', worker, taskA, 1, undefined);
    writes(script, 'b', worker, taskA, 3, [thread(second)]);
    script.calls('?2', worker, session, { protocol: 'http2', stream: 5 });
    expect(causes(script, '?1', 'b', '?2')).toEqual(['', 'B by waiting_thread', '']);
  });
});
