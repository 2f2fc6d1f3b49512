import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { node, PAGE } from '../../testing/node-actor.ts';

/** Each asks the cache, which answers all in one read. What they wait with begins at 1050, 1150, ... */
function cached(
  names: readonly string[],
  from = 0,
  script = new CauseScript(),
): { script: CauseScript; jobs: { address: number }[] } {
  const at = (i: number): Actor => node(from + 1, from + 10 + i, 100 * from + 1000 + 100 * i);
  for (const [i, name] of names.entries()) {
    script.asked(name, at(i), name.charCodeAt(0));
    script.calls(`cache ${name}`, at(i), 200, { port: 6379 });
  }
  script.reads(
    node(from + 2, from + 20, 100 * from + 1000 + 100 * names.length),
    ...names.map((name) => `cache ${name}`),
  );
  return { script, jobs: names.map((_, i) => ({ address: PAGE + 100 * from + 1050 + 100 * i })) };
}

describe('what jobs of promises do behind answers that one read has brought to Node.js', () => {
  it('is for what the job under way goes on with, until the next one begins', () => {
    const { script, jobs } = cached(['A', 'B']);
    script.runs(node(2, 20, 1200), { areWaiting: true, jobs });
    script.runs(node(2, 22, 1300), { isInJob: true, jobs: [jobs[1]] });
    script.calls('b', node(2, 22, 1300), 201);
    script.runs(node(2, 23, 1400), { isInJob: true });
    script.calls('b too', node(2, 23, 1400), 202);
    script.runs(node(2, 25, 1500), { isInJob: true, jobs: [jobs[0]] });
    script.calls('a', node(2, 25, 1500), 203);
    script.runs(node(2, 26, 1600, 23), {});
    script.calls('b, put off', node(2, 26, 1600, 23), 204);
    expect(['a', 'b', 'b too', 'b, put off'].map((name) => script.cause(name))).toEqual([
      'A by loop_turn',
      'B by loop_turn',
      'B by loop_turn',
      'B by loop_turn',
    ]);
  });

  /** A, B and C go on without a system call: each has made two ids. The pool has room for `sent` queries. */
  function goOnUnseen(sent: number, from: number, script?: CauseScript): CauseScript {
    const names = ['A', 'B', 'C'].map((name) => `${name}${from}`);
    const { script: after, jobs } = cached(names, from, script);
    after.runs(node(from + 2, from + 20, 100 * from + 1300), { areWaiting: true, jobs });
    const put = (id: number): Actor => node(from + 2, from + 26, 100 * from + 2000, id);
    after.runs(put(from + 22), { jobs });
    for (let i = 0; i < sent; i++)
      after.calls(`query ${names[i]}`, put(from + 22 + 2 * i), from + 300 + i, { port: 5432 });
    return after;
  }

  it('is in the order of the messages where each makes as many ids as those before did, however many calls there are', () => {
    const script = goOnUnseen(3, 0);
    for (const name of ['A0', 'B0', 'C0']) script.answers(node(3, 30, 2100), name);
    goOnUnseen(2, 100, script);
    script.asked('D', node(110, 140, 13_000), 500);
    expect(['query A100', 'query B100'].map((name) => script.cause(name))).toEqual([
      'A100 by response_order',
      'B100 by response_order',
    ]);
  });

  it('is known at once where one that came alone has told how many ids each makes', () => {
    const { script, jobs } = cached(['Z'], 900);
    script.runs(node(902, 920, 91_100), { areWaiting: true, jobs });
    script.runs(node(902, 922, 91_200, 922), { jobs });
    goOnUnseen(2, 1000, script);
    script.asked('D', node(1010, 1040, 103_000), 500);
    expect(['query A1000', 'query B1000'].map((name) => script.cause(name))).toEqual([
      'A1000 by response_order',
      'B1000 by response_order',
    ]);
  });

  it('is not known where nothing tells yet how many ids each makes', () => {
    const script = goOnUnseen(2, 0);
    script.asked('D', node(3, 30, 2100), 500);
    expect(['query A0', 'query B0'].map((name) => script.cause(name))).toEqual(['', '']);
  });

  it('that answers leads to nothing else: what is called is for the others', () => {
    const { script, jobs } = cached(['A', 'B', 'C']);
    script.runs(node(2, 20, 1300), { areWaiting: true, jobs });
    script.runs(node(2, 20, 1400), { isInJob: true, jobs: [jobs[2]] });
    script.answers(node(2, 20, 1400), 'C');
    script.runs(node(2, 24, 1500, 21), {});
    script.calls('a', node(2, 24, 1500, 21), 201);
    script.calls('b', node(2, 24, 1500, 23), 202);
    script.asked('D', node(3, 30, 2000), 500);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by response_order', 'B by response_order']);
  });
});

describe('a connection that comes free in Node.js', () => {
  it('is not said to be used by who had it before where it is for one of several, nobody knows whom', () => {
    const script = new CauseScript();
    for (let i = 0; i < 16; i++) {
      script.asked(`before ${i}`, node(i + 1, 10 + i, 100 + i), 90);
      script.calls(`query before ${i}`, node(i + 1, 10 + i, 100 + i), 300, { port: 5432 });
      script.reads(node(i + 1, 10 + i, 100 + i), `query before ${i}`);
      script.answers(node(i + 1, 10 + i, 100 + i), `before ${i}`);
    }
    script.asked('Z', node(20, 100, 500), 91);
    script.calls('query Z', node(20, 100, 500), 300, { port: 5432 });
    const { jobs } = cached(['A', 'B'], 100, script);
    script.runs(node(102, 120, 11_200), { areWaiting: true, jobs });
    script.runs(node(102, 124, 11_400, 121), { jobs });
    script.calls('a', node(102, 124, 11_400, 121), 401);
    script.reads(node(103, 130, 11_500), 'query Z');
    script.runs(node(103, 130, 11_600, 50), { frames: [PAGE + 11_300] });
    script.calls('?', node(103, 130, 11_600, 50), 300, { port: 5432 });
    expect(script.cause('?')).toBe('');
  });
});
