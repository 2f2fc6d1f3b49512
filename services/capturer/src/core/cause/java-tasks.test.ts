import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const KB = 1024;

/** Threads whose buffers lie a page of 64 KB apart, filled up to so many KB. */
const thread =
  (tid: number) =>
  (kb: number, more: Actor = {}): Actor => ({
    tid,
    bufferStart: tid * 64 * KB,
    bufferTop: tid * 64 * KB + kb * KB,
    bufferEnd: tid * 64 * KB + 32 * KB,
    collections: 1,
    ...more,
  });
/** The object that the thread has made so many KB behind the start of its buffer. */
const object = (tid: number, kb: number): number => tid * 64 * KB + kb * KB;

const [first, second, worker, carrier, other] = [11, 12, 21, 31, 32].map(thread);
/** Objects that a worker always holds: the thread, its pool. */
const always = [object(99, 1), object(99, 2)];
const task = (number: number) => ({ goid: number });

const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

/** Who made a task in the program's pool was four times whom the worker then woke. */
function confirm(script: CauseScript): void {
  const [maker, helper] = [13, 23].map(thread);
  script.holds(helper(0), ...always, object(98, 9));
  for (let i = 0; i < 4; i++) {
    const at = 4 * i;
    script.asked(`known ${i}`, maker(at), 190 + i);
    script.holds(helper(at + 1), ...always, object(13, at + 0.5));
    script.calls(`of ${i}`, helper(at + 1), 290 + i);
    script.reads(helper(at + 2), `of ${i}`);
    script.wakes(helper(at + 2), 13, 0xb0);
    script.answers(maker(at + 3), `known ${i}`);
  }
}

/** A program of which that is known. */
function confirmed(): CauseScript {
  const script = new CauseScript();
  confirm(script);
  return script;
}

describe('a thread of a pool of Java', () => {
  it('works for the request in whose turn its task was made', () => {
    const script = confirmed();
    script.asked('A', first(1), 101);
    script.asked('B', second(1), 102);
    script.holds(worker(0), ...always, object(98, 1));
    script.holds(worker(1), ...always, object(12, 2), object(12, 2.125), object(12, 2.25), object(98, 5));
    script.calls('b', worker(1), 201);
    script.reads(worker(2), 'b');
    script.holds(worker(3), ...always, object(12, 2), object(12, 2.125), object(12, 2.25), object(98, 6));
    script.calls('b2', worker(3), 201);
    script.reads(worker(4), 'b2');
    script.holds(worker(5), ...always, object(11, 3), object(98, 7));
    script.calls('a', worker(5), 201);
    script.reads(worker(6), 'a');
    script.answers(first(8), 'A');
    script.answers(second(8), 'B');
    expect(causes(script, 'b', 'b2', 'a')).toEqual(['B by object', 'B by object', 'A by object']);
  });

  it('is told later whose its task is, if the buffer of its maker is a new one', () => {
    const script = confirmed();
    script.holds(worker(0), ...always, object(98, 1));
    script.asked('A', first(1), 101);
    const made = object(40, 3);
    script.holds(worker(1), ...always, made);
    script.calls('a', worker(1), 201);
    script.reads(worker(2), 'a');
    expect(script.cause('a')).toBe('');
    const full = { ...thread(40)(8), tid: 11 };
    script.answers(full, 'A');
    expect(script.cause('a')).toBe('A by object');
  });

  it('works for nobody known where its task was made before a collection, or for what is answered', () => {
    const script = confirmed();
    script.asked('A', first(1), 101);
    script.holds(worker(0), ...always, object(98, 1));
    script.holds(worker(1, { collections: 2 }), ...always, object(11, 2));
    script.calls('moved', worker(1, { collections: 2 }), 201);
    script.asked('B', second(1, { collections: 2 }), 102);
    script.answers(second(4, { collections: 2 }), 'B');
    script.holds(worker(2, { collections: 2 }), ...always, object(12, 2));
    script.calls('late', worker(2, { collections: 2 }), 201);
    expect(causes(script, 'moved', 'late')).toEqual(['', '']);
  });

  it('does not hand on what it was given: it may have begun with the next since', () => {
    const script = confirmed();
    script.asked('A', first(1), 101);
    script.holds(worker(0), ...always, object(98, 1));
    script.holds(worker(1), ...always, object(11, 2));
    script.calls('a', worker(1), 201);
    script.holds(other(0), ...always, object(98, 2));
    script.holds(other(1), ...always, object(21, 2));
    script.calls('?', other(1), 202);
    expect(causes(script, 'a', '?')).toEqual(['A by object', '']);
  });

  it('works for the request that it has read itself, whatever it holds', () => {
    const script = confirmed();
    script.asked('A', first(1), 101);
    script.asked('B', worker(1), 102);
    script.holds(worker(2), ...always, object(11, 2));
    script.calls('b', worker(2), 201);
    expect(script.cause('b')).toBe('B by thread');
  });

  it('is not told by its objects where nothing has confirmed that, or much has denied it', () => {
    const script = new CauseScript();
    script.asked('A', first(1), 101);
    script.holds(worker(0), ...always, object(98, 1));
    script.holds(worker(1), ...always, object(11, 2));
    script.calls('a', worker(1), 201);
    expect(script.cause('a')).toBe('');

    const denied = confirmed();
    denied.asked('B', second(1), 102);
    denied.asked('C', first(1), 101);
    denied.holds(worker(0), ...always, object(98, 1));
    denied.holds(worker(1), ...always, object(12, 2)); // made by who answers B, and then it wakes who answers C
    denied.calls('c', worker(1), 201);
    denied.reads(worker(2), 'c');
    denied.wakes(worker(2), 11, 0xb1);
    denied.answers(first(2), 'C');
    expect(denied.cause('c')).toBe('C by wake_back');
    denied.holds(worker(3), ...always, object(12, 3));
    denied.calls('b', worker(3), 201);
    expect(denied.cause('b')).toBe('');
  });
});

describe('a thread of a pool of Java in a program of which nothing is known yet', () => {
  const begun = (): CauseScript => {
    const script = new CauseScript();
    script.asked('A', first(1), 101);
    script.asked('B', second(1), 102);
    script.holds(worker(0), ...always, object(98, 1));
    script.holds(worker(1), ...always, object(11, 2));
    script.calls('a', worker(1), 201);
    return script;
  };

  it('is believed when that has been right elsewhere', () => {
    const script = begun();
    script.reads(worker(2), 'a');
    expect(script.cause('a')).toBe('');
    confirm(script);
    expect(script.cause('a')).toBe('A by object');
  });

  it('is believed also when its request is answered by then, if its call was before', () => {
    const script = begun();
    script.reads(worker(2), 'a');
    script.answers(first(3), 'A');
    confirm(script);
    expect(script.cause('a')).toBe('A by object');
  });

  it('is wrong where that request was answered before the call', () => {
    const script = begun();
    script.answers(first(3), 'A');
    script.reads(worker(2), 'a');
    confirm(script);
    expect(script.cause('a')).toBe('');
  });
});

describe('a virtual thread', () => {
  /** Tasks 100, 101 ... read requests, and start one more each; what that is given was made before. */
  function started(count: number): CauseScript {
    const script = new CauseScript();
    for (let i = 0; i < count; i++) {
      const at = 4 * i;
      script.asked(`A${i}`, carrier(at, task(100 + i)), 101 + i);
      script.calls(`own ${i}`, carrier(at + 1, task(100 + i)), 201 + i);
      script.reads(carrier(at + 2, task(100 + i)), `own ${i}`);
      script.holds(carrier(at + 3, task(200 + i)), object(31, at + 2.5), object(31, at + 0.5));
      script.calls(`a${i}`, carrier(at + 3, task(200 + i)), 301 + i);
      script.reads(carrier(at + 3, task(200 + i)), `a${i}`);
    }
    return script;
  }

  it('works for who started it, which what it was given confirms', () => {
    const script = started(2);
    expect(causes(script, 'a0', 'a1')).toEqual(['A0 by task_start', 'A1 by task_start']);
  });

  it('of which nothing else is known works for who seems to have started it, where that was right before', () => {
    for (const [before, cause] of [
      [3, ''],
      [5, 'B by task_start'],
    ] as const) {
      const script = started(before);
      script.asked('B', carrier(25, task(150)), 150);
      script.holds(carrier(27, task(250)), object(31, 26));
      script.calls('b', carrier(27, task(250)), 350);
      expect(script.cause('b')).toBe(cause);
    }
  });

  it('that was given things of another request was not started by who acted last on its carrier: its cause is not known', () => {
    const script = new CauseScript();
    script.asked('A', carrier(0, task(1)), 101);
    script.calls('own', carrier(2, task(1)), 201);
    script.asked('B', carrier(3, task(2)), 102);
    script.holds(carrier(5, task(3)), object(31, 4), object(31, 1));
    script.calls('a', carrier(5, task(3)), 202);
    expect(script.cause('a')).toBe('');
  });

  it('holds what all share, which tells nothing', () => {
    const script = new CauseScript();
    const shared = object(31, 1);
    script.asked('first', carrier(0, task(1)), 101);
    script.calls('of first', carrier(2, task(1)), 201);
    for (let i = 0; i < 4; i++) {
      const at = 3 + 4 * i;
      script.asked(`A${i}`, carrier(at, task(10 + i)), 110 + i);
      script.calls(`own ${i}`, carrier(at + 1, task(10 + i)), 210 + i);
      script.holds(carrier(at + 3, task(30 + i)), object(31, at + 2.5), shared, object(31, at + 0.5));
      script.calls(`a${i}`, carrier(at + 3, task(30 + i)), 220 + i);
    }
    script.holds(carrier(20, task(40)), object(31, 19.5), shared, object(31, 15.5));
    script.calls('a', carrier(20, task(40)), 230);
    expect(causes(script, 'a')).toEqual(['A3 by task_start']);
  });

  it('was given nothing that was made after it', () => {
    const script = new CauseScript();
    script.asked('A', carrier(0, task(1)), 101);
    script.calls('own', carrier(2, task(1)), 201);
    script.asked('C', other(1, task(4)), 103);
    script.calls('of C', other(7, task(4)), 203);
    script.holds(carrier(5, task(3)), object(31, 4), object(31, 1), object(32, 6));
    script.calls('a', carrier(5, task(3)), 202);
    expect(script.cause('a')).toBe('A by task_start');
  });

  it('runs on a carrier that slept meanwhile', () => {
    const script = new CauseScript();
    script.asked('A', carrier(0, task(1)), 101);
    script.asked('C', other(0, task(4)), 103);
    script.holds(carrier(1));
    script.holds(carrier(3, task(3)), object(31, 2), object(31, 0.5));
    script.calls('a', carrier(3, task(3)), 202);
    expect(script.cause('a')).toBe('A by task_start');
  });

  it('while there is one request alone works for that; so do later ones, for a start, for who seems to have started them', () => {
    const script = new CauseScript();
    for (let i = 0; i < 5; i++) {
      script.asked(`A${i}`, carrier(4 * i, task(100 + i)), 101 + i);
      script.holds(carrier(4 * i + 2, task(200 + i)), object(31, 4 * i + 1), object(31, 4 * i + 0.5));
      script.calls(`a${i}`, carrier(4 * i + 2, task(200 + i)), 301 + i);
      script.reads(carrier(4 * i + 2, task(200 + i)), `a${i}`);
      script.answers(carrier(4 * i + 3, task(100 + i)), `A${i}`);
    }
    expect(causes(script, 'a0', 'a4')).toEqual(['A0 by task_start', 'A4 by task_start']);
    script.asked('B', carrier(25, task(150)), 150);
    script.asked('C', other(25, task(151)), 151);
    script.holds(carrier(27, task(250)), object(31, 26));
    script.calls('b', carrier(27, task(250)), 350);
    expect(script.cause('b')).toBe('B by task_start');
  });

  it('that a thread of its own starts works for the request of that', () => {
    const script = new CauseScript();
    script.asked('A', first(1), 101);
    script.holds(carrier(1, task(7)), object(11, 2));
    script.calls('a', carrier(1, task(7)), 201);
    expect(script.cause('a')).toBe('A by task_start');
  });
});
