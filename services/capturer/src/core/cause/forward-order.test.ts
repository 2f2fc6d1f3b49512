import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const same = { resource: '/same', lines: ['Host: shop'] };
const ok = ['HTTP/1.1 200 OK'];
const both = ['first', 'second'];

/** What a proxy does in rounds of two requests that are alike, each in a turn of its own. */
class Rounds {
  readonly script = new CauseScript();
  #turn = 0;

  get proxy(): Actor {
    return { tid: 1, turn: this.#turn, process: 'haproxy' };
  }

  /** Two requests come in one turn; gives the names of the calls as which these are passed on, in the order of the requests. */
  comes(passesOn: (calls: string[]) => void): string[] {
    this.#turn++;
    const calls = both.map((name) => `${name} ${this.#turn}`);
    for (const [i, call] of calls.entries()) this.script.asked(call.toUpperCase(), this.proxy, 101 + i, same);
    passesOn(calls);
    return calls;
  }

  /** They are passed on in that order, over connections that are there. */
  passesOn = (calls: readonly string[]): void => {
    for (const [i, call] of calls.entries()) this.script.calls(call, this.proxy, 201 + i, same);
  };

  /** Each answer is passed back before the next one is read: it is sure what is what. */
  answersOneByOne(calls: readonly string[]): void {
    for (const call of calls) {
      this.script.passes(this.proxy, call, ok);
      this.script.passes(this.proxy, call.toUpperCase(), ok);
    }
  }

  /** Both are read first, which tells nothing; gives the causes of the calls. */
  answersAtOnce(calls: readonly string[]): string[] {
    for (const call of calls) this.script.passes(this.proxy, call, ok);
    for (const call of calls) this.script.passes(this.proxy, call.toUpperCase(), ok);
    return calls.map((call) => this.script.cause(call));
  }
}

const causes = (calls: readonly string[]) => calls.map((call) => `${call.toUpperCase()} by forwarded`);

describe('what comes in one turn of a proxy and is alike', () => {
  it('is passed on in the order in which it came, once answers have told that it is so', () => {
    const rounds = new Rounds();
    const early = rounds.comes(rounds.passesOn);
    expect(rounds.answersAtOnce(early)).toEqual(['', '']);
    for (let i = 0; i < 4; i++) rounds.answersOneByOne(rounds.comes(rounds.passesOn));
    const late = rounds.comes(rounds.passesOn);
    expect(rounds.answersAtOnce(late)).toEqual(causes(late));
  });

  it('has its place when a connection is made for it, whenever that is ready', () => {
    const rounds = new Rounds();
    for (let i = 0; i < 4; i++) rounds.answersOneByOne(rounds.comes(rounds.passesOn));
    const { script } = rounds;
    const calls = rounds.comes(([first, second]) => {
      script.connects(rounds.proxy, 301);
      script.calls(second, rounds.proxy, 201, same);
      script.calls(first, { ...rounds.proxy, turn: 99 }, 301, same);
    });
    expect(rounds.answersAtOnce(calls)).toEqual(causes(calls));
  });

  it('stays unknown where the proxy passes on in another order', () => {
    const rounds = new Rounds();
    for (let i = 0; i < 8; i++) rounds.answersOneByOne(rounds.comes((calls) => rounds.passesOn(calls.toReversed())));
    const calls = rounds.comes((some) => rounds.passesOn(some.toReversed()));
    expect(rounds.answersAtOnce(calls)).toEqual(['', '']);
  });

  it('is corrected by an answer that tells more', () => {
    const rounds = new Rounds();
    for (let i = 0; i < 4; i++) rounds.answersOneByOne(rounds.comes(rounds.passesOn));
    const calls = rounds.comes((some) => rounds.passesOn(some.toReversed()));
    rounds.answersOneByOne(calls);
    expect(calls.map((call) => rounds.script.cause(call))).toEqual(causes(calls));
  });
});
