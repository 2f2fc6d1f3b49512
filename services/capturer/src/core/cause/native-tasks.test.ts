import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

/** A heap of C: each task is an object of 0x200 bytes. */
const task = (number: number): number => 0x5500_0000_1000 + 0x200 * number;
const [queue, names] = [0x5500_0000_0100, 0x5500_0000_0200];

let turn = 0;
const loop = (...frames: number[]): Actor => ({ tid: 1, turn: ++turn, frames: [queue, ...frames] });
const worker = (tid: number, ...frames: number[]): Actor => ({ tid, frames: [...frames, queue] });

/** The loop is asked something, whose task two workers have in their frames, one after the other, and answers. */
function exchange(script: CauseScript, number: number, own = task(number), others: readonly number[] = []): void {
  const [name, tid] = [`R${number}`, 10 + (number % 2)];
  script.asked(name, loop(), 100 + number);
  script.sleeps(worker(tid));
  for (const call of [`${name} first`, `${name} second`]) {
    script.calls(call, worker(tid, own, ...others), 200 + tid);
    script.reads({ tid }, call);
  }
}
const answer = (script: CauseScript, number: number, own = task(number), others: readonly number[] = []): void =>
  script.answers(loop(own, ...others), `R${number}`);

/** So many requests, two at a time, answered in the other order. */
function pairs(script: CauseScript, pairs: number, offset = 0, others: readonly number[] = []): void {
  for (let i = 0; i < 2 * pairs; i += 2) {
    exchange(script, i, task(i), others);
    exchange(script, i + 1, task(i + 1), others);
    answer(script, i + 1, task(i + 1) + offset, others);
    answer(script, i, task(i) + offset, others);
  }
}

function causes(script: CauseScript, pairs: number): Set<string> {
  script.ticks();
  script.ticks();
  const all = Array.from({ length: 2 * pairs }, (_, i) => [`R${i} first`, `R${i} second`]).flat();
  return new Set(all.map((name) => script.cause(name).replace(name.split(' ')[0], 'its own')));
}

describe('threads that make calls for a loop', () => {
  it('tell what they hold when the loop answers for them', () => {
    const script = new CauseScript();
    script.asked('A', { tid: 1, turn: 1 }, 101);
    script.calls('a', { tid: 2 }, 201);
    script.reads({ tid: 2 }, 'a');
    expect(script.frameTellers).toEqual([]);
    script.answers({ tid: 1, turn: 2 }, 'A');
    script.asked('B', { tid: 1, turn: 3 }, 101);
    script.answers({ tid: 1, turn: 4 }, 'B');
    expect(script.frameTellers).toEqual([1]);
  });

  it('are not asked where they answer themselves', () => {
    const script = new CauseScript();
    script.asked('A', { tid: 1, turn: 1 }, 101);
    script.calls('a', { tid: 2 }, 201);
    script.reads({ tid: 2 }, 'a');
    script.answers({ tid: 2 }, 'A');
    expect(script.frameTellers).toEqual([]);
  });

  it('work for the request whose task they have in their frames', () => {
    const script = new CauseScript();
    pairs(script, 8);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('may hold another part of it than the loop', () => {
    const script = new CauseScript();
    pairs(script, 8, 0x48);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('share what is of no request', () => {
    const script = new CauseScript();
    pairs(script, 8, 0, [names]);
    expect(causes(script, 8)).toEqual(new Set(['its own by object']));
  });

  it('work for nobody known where hardly any task is found', () => {
    const script = new CauseScript();
    pairs(script, 4);
    for (let i = 8; i < 16; i += 2) {
      exchange(script, i);
      exchange(script, i + 1);
      answer(script, i + 1, names + 0x1000 * i);
      answer(script, i, names + 0x2000 * i);
    }
    expect(causes(script, 8)).toEqual(new Set(['']));
  });

  it('work for nobody known where several hold the same', () => {
    const script = new CauseScript();
    for (let i = 0; i < 16; i += 2) {
      exchange(script, i, task(i));
      exchange(script, i + 1, task(i));
      answer(script, i + 1, task(i));
      answer(script, i, task(i));
    }
    expect(causes(script, 8).has('its own by object')).toBe(false);
  });

  it('hold what was freed and is another one’s by now', () => {
    const script = new CauseScript();
    pairs(script, 8);
    exchange(script, 16);
    script.asked('R17', loop(), 117);
    // The second worker has begun with the next task, whose address is the one's from before.
    script.calls('late', worker(11, task(17), task(15)), 211);
    script.reads({ tid: 11 }, 'late');
    script.answers(loop(task(17)), 'R17');
    answer(script, 16);
    script.ticks();
    script.ticks();
    expect(['R16 first', 'late'].map((name) => script.cause(name))).toEqual(['R16 by object', 'R17 by object']);
  });
});
