import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { node, PAGE } from '../../testing/node-actor.ts';

/** A is asked, which fills the first 100 bytes, and B, which fills the next 100. */
function twoThatWait(): CauseScript {
  const script = new CauseScript();
  script.asked('A', node(1, 10, 1000), 101);
  script.asked('B', node(1, 12, 1100), 102);
  script.runsTimers(node(2, 14, 1200));
  return script;
}

describe('what goes on behind an await in Node.js', () => {
  it('is known by where it began to wait', () => {
    const script = twoThatWait();
    const jobs = [1150, 1050].map((place) => ({ address: PAGE + place }));
    script.runs(node(2, 14, 1300), { inTimers: true, jobs: jobs.slice(0, 1) });
    script.calls('b', node(2, 14, 1300), 201);
    script.runs(node(2, 16, 1400, 15), { inTimers: true, jobs });
    script.calls('a', node(2, 16, 1400, 15), 202);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('is known also where it began to wait several times after pauses', () => {
    const script = twoThatWait();
    script.runs(node(2, 14, 1300), { inTimers: true, jobs: [{ address: PAGE + 1150 }] });
    script.calls('b', node(2, 14, 1300), 201);
    script.reads(node(3, 14, 1400), 'b');
    script.runsTimers(node(4, 15, 1500));
    script.runs(node(4, 15, 1600), { inTimers: true, jobs: [{ address: PAGE + 1450 }] });
    script.calls('b again', node(4, 15, 1600), 202);
    expect(script.cause('b again')).toBe('B by loop_turn');
  });

  it('is known by where its function was called, where several may have begun to wait', () => {
    const script = twoThatWait();
    script.runs(node(2, 14, 1300), { inTimers: true, jobs: [{ address: PAGE + 1150 }, { address: PAGE + 1050 }] });
    script.calls('a', node(2, 14, 1300), 201);
    script.runsTimers(node(3, 15, 1400));
    const unknown = PAGE + 1250;
    script.runs(node(3, 15, 1500), { inTimers: true, jobs: [{ address: unknown }] });
    script.calls('?', node(3, 15, 1500), 202);
    script.runs(node(3, 15, 1600), { inTimers: true, jobs: [{ address: unknown + 8, generator: PAGE + 1160 }] });
    script.calls('b', node(3, 15, 1600), 203);
    expect(['a', '?', 'b'].map((name) => script.cause(name))).toEqual(['A by loop_turn', '', 'B by loop_turn']);
  });

  it('is known by the job that had waited, however many have run since', () => {
    const script = twoThatWait();
    for (const [i, [name, place]] of [['b', 1150] as const, ['a', 1050] as const].entries()) {
      script.runs(node(2, 14 + i, 1300 + 200 * i), { areWaiting: true, jobs: [{ address: PAGE + place }] });
      script.runs(node(2, 14 + i, 1400 + 200 * i), {
        inTimers: true,
        hidden: 20,
        jobs: [{ address: PAGE + 1350 + 200 * i }],
      });
      script.calls(name, node(2, 14 + i, 1400 + 200 * i), 201 + i);
    }
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('is known of the one job that had waited by what follows from it, and so is what the answer before was for', () => {
    const script = twoThatWait();
    const unknown = PAGE + 1250;
    script.runs(node(2, 14, 1300), { areWaiting: true, jobs: [{ address: unknown }] });
    script.calls('b', node(2, 14, 1300), 201);
    expect(script.cause('b')).toBe('');
    script.reads(node(3, 15, 1400), 'b');
    script.runs(node(3, 15, 1500), { areWaiting: true, jobs: [{ address: unknown + 8 }] });
    script.runs(node(3, 15, 1600), {
      jobs: [{ address: unknown + 8 }, { address: unknown + 16, generator: PAGE + 1150 }],
    });
    script.calls('b again', node(3, 15, 1600), 202);
    expect([script.cause('b'), script.cause('b again')]).toEqual(['B by answer', 'B by loop_turn']);
  });

  it('is another one where what had waited has handed something on', () => {
    const script = twoThatWait();
    const [a, b] = [{ address: PAGE + 1050 }, { address: PAGE + 1150 }];
    script.runs(node(2, 14, 1300), { areWaiting: true, jobs: [a] });
    script.runs(node(2, 14, 1400), { inTimers: true, jobs: [a, b] });
    script.calls('b', node(2, 14, 1400), 201);
    script.runs(node(2, 14, 1500), { inTimers: true, jobs: [b] });
    script.calls('b again', node(2, 14, 1500), 202);
    expect([script.cause('b'), script.cause('b again')]).toEqual(['B by loop_turn', 'B by loop_turn']);
  });

  it('is known by the callbacks of streams, where jobs of several of them are told together', () => {
    const [session, socket] = [0x5000, 200];
    const stream = (number: number) => ({ protocol: 'http2', stream: number, port: 50051 });
    const script = new CauseScript();
    script.calls('first', node(1, 5, 900), socket, stream(1));
    script.reads(node(2, 6, 900), 'first');
    script.runsStream(node(2, 6, 900), session, 1);
    for (const [i, name] of ['A', 'B'].entries()) {
      script.asked(name, node(3, 10 + 2 * i, 1000 + 100 * i), 101 + i);
      script.makesStream(node(3, 11 + 2 * i, 1050 + 100 * i), session, 3 + 2 * i);
    }
    script.calls('a', node(3, 13, 1200), socket, stream(3));
    script.calls('b', node(3, 13, 1200), socket, stream(5));
    script.reads(node(4, 20, 1300), 'a', 'b');
    script.runsStream(node(4, 20, 1300), session, 3);
    script.runsStream(node(4, 24, 1400), session, 5);
    script.runs(node(4, 28, 1500), { jobs: [1050, 1150].map((place) => ({ address: PAGE + place, generator: 0 })) });
    script.makesStream(node(4, 30, 1500, 22), session, 7);
    script.makesStream(node(4, 30, 1500, 26), session, 9);
    script.calls('a again', node(4, 30, 1500), socket, stream(7));
    script.calls('b again', node(4, 30, 1500), socket, stream(9));
    expect([script.cause('a again'), script.cause('b again')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('is known when garbage was collected meanwhile, where that tells what it moved', () => {
    const collected = (turn: number, filled: number): Actor => ({ ...node(turn, 14, filled), collections: 2 });
    const script = twoThatWait();
    script.moves({ tid: 1, turn: 2, lastAsyncId: 14 }, [PAGE + 1050, PAGE + 16]);
    script.runsTimers(collected(3, 500));
    script.runs(collected(3, 600), { inTimers: true, jobs: [{ address: PAGE + 1150 }] });
    script.calls('?', collected(3, 600), 201);
    script.runs(collected(3, 700), { inTimers: true, jobs: [{ address: PAGE + 16 }] });
    script.calls('a', collected(3, 700), 202);
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by loop_turn', '']);
  });

  it('is known also where the rest of an earlier page is used after another one', () => {
    const other = PAGE + 2 ** 20;
    const inOther = (id: number, filled: number): Actor => ({
      ...node(1, id, 0),
      heapStart: other,
      heapTop: other + filled,
    });
    const script = new CauseScript();
    script.asked('A', node(1, 10, 1000), 101);
    script.asked('B', inOther(12, 500), 102);
    script.asked('C', { ...node(1, 14, 2100), heapStart: PAGE + 2000 }, 103);
    script.calls('c', { ...node(1, 16, 2200), heapStart: PAGE + 2000 }, 203);
    script.runsTimers({ ...node(2, 18, 2300), heapStart: PAGE + 2000 });
    script.runs(node(2, 18, 2400), { inTimers: true, jobs: [{ address: PAGE + 2150 }] });
    script.calls('c again', node(2, 18, 2400), 204);
    expect(script.cause('c again')).toBe('C by loop_turn');
  });

  it('is not known where it was not to be seen how much had been made', () => {
    const script = new CauseScript();
    script.asked('A', node(1, 10, 1000), 101);
    script.asked('B', { ...node(1, 12, 1100), heapTop: 0 }, 102);
    script.runsTimers(node(2, 14, 1200));
    script.runs(node(2, 14, 1300), { inTimers: true, jobs: [{ address: PAGE + 1050 }] });
    script.calls('?', node(2, 14, 1300), 201);
    expect(script.cause('?')).toBe('');
  });
});
