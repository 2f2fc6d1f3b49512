import { describe, expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';
import { type Place, Reached } from './reached.ts';

const [first, second, worker, next] = [11, 12, 21, 22].map((tid) => ({ tid }));
const task = (goid: number) => ({ tid: 31, goid });

/** What the thing held in that place on the stack leads to. */
const from =
  (root: number) =>
  (what: keyof typeof Reached, distance: number, value: number): Place => ({
    what: Reached[what],
    root,
    distance,
    value,
  });
const [itself, held, other] = [0, 3, 7].map(from);
/** A result, and which thread waits for it. */
const resultFor = (tid: number): Place[] => [held('result', 0, 0x1000), held('thread', 2, tid)];

/** Two threads have read a request each, and wait. */
function waiting(): CauseScript {
  const script = new CauseScript();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  return script;
}

describe('a thread of a pool of Java', () => {
  it('works for the thread that waits for the result of its task', () => {
    const script = waiting();
    script.reaches(worker, ...resultFor(first.tid));
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.reaches(worker, ...resultFor(second.tid));
    script.calls('b', worker, 202);
    expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('is not taken for what it did before where nobody waits yet, but is when the answer comes', () => {
    const script = waiting();
    script.reaches(worker, ...resultFor(first.tid));
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.reaches(worker, held('result', 0, 0x2000));
    script.calls('b', worker, 202);
    expect(script.cause('b')).toBe('');
    script.reaches(worker, ...resultFor(second.tid));
    script.reads(worker, 'b');
    expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['A by waiting_thread', 'B by waiting_thread']);
  });

  it('works for the connection that its result leads to where nobody waits', () => {
    const script = waiting();
    script.reaches(worker, held('result', 0, 0x1000), held('socket', 4, 102));
    script.calls('b', worker, 201);
    expect(script.cause('b')).toBe('B by reached_connection');
  });

  it('goes by its result rather than by what frames have left beside', () => {
    const script = waiting();
    script.reaches(worker, itself('thread', 1, first.tid), ...resultFor(second.tid));
    script.calls('b', worker, 201);
    expect(script.cause('b')).toBe('B by waiting_thread');
  });

  it('says nothing of what it holds in front of a result for which nobody waits yet', () => {
    const script = waiting();
    script.reaches(worker, itself('socket', 2, 102), held('result', 0, 0x1000));
    script.calls('?', worker, 201);
    expect(script.cause('?')).toBe('');
  });

  it('does not take who waited for what it has done before for who waits now', () => {
    const script = waiting();
    script.reaches(worker, other('thread', 1, first.tid));
    script.calls('?', worker, 201);
    script.reaches(next, other('thread', 4, second.tid)); // a latch that its task holds
    script.calls('b', next, 202);
    expect(['?', 'b'].map((name) => script.cause(name))).toEqual(['', 'B by waiting_thread']);
  });

  it('of two that wait as near says nothing, of the nearer one that', () => {
    const script = waiting();
    script.reaches(worker, ...resultFor(first.tid), held('thread', 2, second.tid));
    script.calls('?', worker, 201);
    script.reaches(next, ...resultFor(first.tid), held('thread', 3, second.tid));
    script.calls('a', next, 202);
    expect(['?', 'a'].map((name) => script.cause(name))).toEqual(['', 'A by waiting_thread']);
  });

  it('without a result says only what all agree in', () => {
    const script = waiting();
    script.reaches(worker, held('thread', 2, first.tid), other('thread', 3, second.tid));
    script.calls('?', worker, 201);
    script.reaches(next, held('thread', 2, first.tid), other('socket', 4, 101), other('thread', 3, 99));
    script.calls('a', next, 202);
    expect(['?', 'a'].map((name) => script.cause(name))).toEqual(['', 'A by waiting_thread']);
  });

  it('does not wait for itself, nor does a thread that it merely holds', () => {
    const script = waiting();
    script.reaches(worker, itself('thread', 0, first.tid), held('result', 0, 0x1000), held('thread', 2, worker.tid));
    script.calls('?', worker, 201);
    expect(script.cause('?')).toBe('');
  });

  it('keeps that whoever it answers later', () => {
    const script = waiting();
    script.reaches(worker, ...resultFor(first.tid));
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.answers(worker, 'B');
    expect(script.cause('a')).toBe('A by waiting_thread');
  });

  it('goes on with what it has read itself, whatever it holds', () => {
    const script = waiting();
    script.reaches(first, ...resultFor(second.tid));
    script.calls('a', first, 201);
    expect(script.cause('a')).toBe('A by thread');
  });
});

describe('a virtual thread', () => {
  it('made all its calls for the one that waits for it', () => {
    const script = new CauseScript();
    script.asked('A', task(1), 101);
    script.asked('B', task(2), 102);
    script.reaches(task(3), held('result', 0, 0x1000));
    script.calls('b', task(3), 201);
    script.reaches(task(3), held('result', 0, 0x1000), held('task', 1, 2));
    script.reads(task(3), 'b');
    script.calls('b2', task(3), 202);
    expect(['b', 'b2'].map((name) => script.cause(name))).toEqual(['B by waiting_thread', 'B by waiting_thread']);
  });

  it('passes that on to another one for which it waits', () => {
    const script = new CauseScript();
    script.asked('A', task(1), 101);
    script.asked('B', task(2), 102);
    script.reaches(task(3), held('result', 0, 0x1000), held('task', 1, 1));
    script.calls('a', task(3), 201);
    script.reaches(task(4), itself('task', 4, 3));
    script.calls('a2', task(4), 202);
    expect(script.cause('a2')).toBe('A by waiting_thread');
  });
});
