import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

/** A loop of Node.js whose requests all wait for a timer, and then call the same, at once. */
class Sleepers {
  readonly script = new CauseScript();
  readonly #ports: readonly number[];
  #turn = 1;
  #id = 10;
  #socket = 200;

  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  get #loop(): Actor {
    return { tid: 1, turn: this.#turn, lastAsyncId: ++this.#id };
  }

  /** The timers of all of them are run in one go; the calls are answered in that order, one in each turn. Gives their causes. */
  wake(names: readonly string[], order: readonly string[] = this.callsOf(names)): string[] {
    const { script } = this;
    for (const [i, name] of names.entries()) script.asked(name, this.#loop, 101 + i);
    this.#turn++;
    script.runsTimers(this.#loop);
    const left = new Map<string, number>();
    for (const name of names) {
      left.set(name, this.#ports.length);
      for (const [i, port] of this.#ports.entries()) script.calls(`${name}${i}`, this.#loop, ++this.#socket, { port });
    }
    for (const call of order) {
      this.#turn++;
      script.reads(this.#loop, call);
      const name = call.slice(0, -1);
      left.set(name, left.get(name)! - 1);
      if (left.get(name) === 0) script.answers(this.#loop, name);
    }
    return this.callsOf(names).map((call) => script.cause(call).replace(' by answer', ''));
  }

  callsOf(names: readonly string[]): string[] {
    return names.flatMap((name) => this.#ports.map((_, i) => `${name}${i}`));
  }

  /** So many rounds of two requests each. */
  learn(rounds: number): void {
    for (let i = 0; i < rounds; i++) this.wake([`R${i}-`, `S${i}-`]);
  }
}

it('what goes on after a pause with several calls is known by the last of these, at first', () => {
  expect(new Sleepers([80, 80]).wake(['A', 'B'])).toEqual(['', 'A', '', 'B']);
});

it('all calls of one awakening are for one request, once it has shown how many there are', () => {
  const sleepers = new Sleepers([80, 80]);
  sleepers.learn(12);
  expect(sleepers.wake(['A'])).toEqual(['A', 'A']);
  expect(sleepers.wake(['B', 'C', 'D'], ['D1', 'B0', 'C0', 'D0', 'B1', 'C1'])).toEqual(['B', 'B', 'C', 'C', 'D', 'D']);
});

it('of different servers, too', () => {
  const sleepers = new Sleepers([80, 81, 82]);
  sleepers.learn(12);
  expect(sleepers.wake(['A', 'B'])).toEqual(['A', 'A', 'A', 'B', 'B', 'B']);
});

it('says nothing of a run of timers that does not consist of such pieces', () => {
  const sleepers = new Sleepers([80, 80]);
  sleepers.learn(12);
  const { script } = sleepers;
  const loop = (turn: number): Actor => ({ tid: 1, turn, lastAsyncId: 1000 + turn });
  script.asked('A', loop(101), 101);
  script.runsTimers(loop(102));
  for (const [i, name] of ['?', 'a1', 'a2'].entries()) script.calls(name, loop(102), 901 + i);
  script.reads(loop(103), '?');
  script.reads(loop(104), 'a1');
  script.reads(loop(105), 'a2');
  script.answers(loop(105), 'A');
  expect(['?', 'a1', 'a2'].map((name) => script.cause(name))).toEqual(['', '', 'A by answer']);
});

it('says nothing where each makes one call, and waits again', () => {
  const sleepers = new Sleepers([80]);
  sleepers.learn(12);
  const { script } = sleepers;
  const loop = (turn: number): Actor => ({ tid: 1, turn, lastAsyncId: 1000 + turn });
  script.asked('A', loop(101), 101);
  script.asked('B', loop(101), 102);
  script.runsTimers(loop(102));
  script.calls('?', loop(102), 901);
  script.calls('b', loop(102), 902);
  script.reads(loop(103), '?');
  script.reads(loop(104), 'b');
  script.answers(loop(104), 'B');
  expect(['?', 'b'].map((name) => script.cause(name))).toEqual(['', 'B by answer']);
});
