import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

/** A loop that passes requests on in the turn after the one in which it read them, the last one first. */
class Passing {
  readonly script = new CauseScript();
  #turn = 0;
  #asked = 0;

  get #actor(): Actor {
    return { tid: 1, turn: this.#turn };
  }

  /** Gives the calls' causes when all are answered. */
  passesOn(resources: readonly string[], asCalls = resources): string[] {
    const { script } = this;
    const first = this.#asked;
    this.#turn++;
    for (const resource of resources) script.asked(`A${this.#asked}`, this.#actor, 1000 + this.#asked++, { resource });
    this.#turn++;
    const numbers = resources.map((_, i) => i).reverse();
    for (const i of numbers) script.calls(`a${first + i}`, this.#actor, 2000 + i, { resource: asCalls[i] });
    this.#turn++;
    for (const i of numbers) script.reads(this.#actor, `a${first + i}`);
    this.#turn++;
    for (const i of numbers) script.answers(this.#actor, `A${first + i}`);
    return resources.map((_, i) => script.cause(`a${first + i}`));
  }
}

const paths = (prefix: string): string[] => ['1', '2', '3', '4', '5'].map((number) => `/${prefix}/${number}`);

describe('a program that passes on what it is asked', () => {
  it('is known by that nearly all of its calls ask for what one of its requests asks for', () => {
    const proxy = new Passing();
    expect(proxy.passesOn(paths('a'))).toEqual([0, 1, 2, 3, 4].map((i) => `A${i} by forwarded`));
    expect(proxy.passesOn(['/b', '/c'])).toEqual(['A5 by forwarded', 'A6 by forwarded']);
  });

  it('takes absolute URIs as a forward proxy, and asks for their paths', () => {
    const causes = new Passing().passesOn(
      paths('a').map((path) => `http://shop${path}`),
      paths('a'),
    );
    expect(causes[2]).toBe('A2 by forwarded');
  });

  it('says nothing of requests that ask for the same', () => {
    const proxy = new Passing();
    proxy.passesOn(paths('a'));
    expect(proxy.passesOn(['/b', '/b', '/c'])).toEqual(['', '', 'A7 by forwarded']);
  });

  it('is one also where whose turn it is says otherwise: it passes each on when it reads the next one', () => {
    const script = new CauseScript();
    for (const [turn, resource] of paths('a').entries()) {
      const loop = { tid: 1, turn: 1 + turn };
      script.asked(`A${turn}`, loop, 100 + turn, { resource });
      if (turn > 0) script.calls(`a${turn - 1}`, loop, 200 + turn, { resource: paths('a')[turn - 1] });
    }
    expect([0, 1, 2, 3].map((i) => script.cause(`a${i}`))).toEqual([0, 1, 2, 3].map((i) => `A${i} by forwarded`));
  });

  it('is not believed to be one where other calls are made, too', () => {
    const proxy = new Passing();
    proxy.passesOn(paths('a'), paths('other')); // from now on for a second it is not known what was asked before
    proxy.script.waits(1e6);
    proxy.passesOn(paths('b'), paths('other'));
    expect(proxy.passesOn(paths('c'))).toEqual(['', '', '', '', '']);
  });

  it('needs no telling where its threads tell', () => {
    const script = new CauseScript();
    for (let i = 0; i < 8; i++) {
      script.asked(`A${i}`, { tid: 1 + i }, 100 + i, { resource: `/${i % 2}` });
      script.calls(`a${i}`, { tid: 1 + i }, 200 + i, { resource: `/${(i + 1) % 2}` });
    }
    expect([0, 1, 7].map((i) => script.cause(`a${i}`))).toEqual(['A0 by thread', 'A1 by thread', 'A7 by thread']);
  });
});
