import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const turn = (number: number): Actor => ({ tid: 1, turn: number });
const node = (number: number, lastAsyncId: number, asyncId = 0): Actor => ({ ...turn(number), lastAsyncId, asyncId });

describe('a loop that numbers its asynchronous resources', () => {
  it('runs what it has put off for who put it off', () => {
    const script = new CauseScript();
    script.asked('A', node(1, 10), 101);
    script.asked('B', node(1, 12), 102);
    script.calls('a', node(1, 14, 11), 201);
    script.calls('b', node(1, 14, 13), 202);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('runs callbacks of old connections for what these have brought', () => {
    const script = new CauseScript();
    script.asked('A', node(1, 10), 101);
    for (const [number, name] of [
      [5, 'B'],
      [6, 'C'],
    ] as const) {
      script.asked(name, node(number, 20 + number), 102);
      script.calls(`call ${name}`, node(number, 20 + number, 11), 202);
      script.reads(node(number, 20 + number), `call ${name}`);
      script.answers(node(number, 20 + number), name);
    }
    expect([script.cause('call B'), script.cause('call C')]).toEqual(['B by loop_turn', 'C by loop_turn']);
  });

  it('knows whose timer runs by the turn in which it was set; of others only the answer tells', () => {
    const script = new CauseScript();
    script.asked('A', node(1, 10), 101);
    script.asked('B', node(1, 12), 102);
    script.runsTimers(node(5, 20));
    script.calls('b', node(5, 20, 13), 202);
    script.calls('a', node(5, 20), 201);
    script.reads(node(6, 20), 'a');
    script.answers(node(6, 20), 'A');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by answer', 'B by loop_turn']);
  });

  it('that does not tell when it runs timers may run them late in a turn', () => {
    const script = new CauseScript();
    for (let i = 1; i <= 10; i++) script.calls(`timer ${i}`, node(i, 10), 201);
    script.asked('A', node(20, 11), 101);
    script.calls('a', node(20, 11), 202);
    script.waits(2000);
    script.calls('?', node(20, 11), 203);
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by loop_turn', '']);
  });

  it('tells in which order several answers were gone on with, also where that was put off', () => {
    const script = new CauseScript();
    for (const [i, name] of ['A', 'B'].entries()) {
      script.asked(name, node(1, 10 + i), name.charCodeAt(0));
      script.calls(`cache ${name}`, node(1, 10 + i), 200, { port: 6379 });
    }
    script.reads(node(2, 20), 'cache A', 'cache B');
    script.asked('C', node(2, 25), 103);
    script.calls('c', node(2, 26, 26), 203);
    script.calls('a', node(2, 26, 21), 201);
    script.calls('b', node(2, 26, 22), 202);
    script.asked('D', node(3, 30), 104);
    expect(['a', 'b', 'c'].map((name) => script.cause(name))).toEqual([
      'A by response_order',
      'B by response_order',
      'C by loop_turn',
    ]);
  });
});

describe('a pool of connections of Node.js', () => {
  /** Requests A and B come, both call, and the pool has no more than these two connections. */
  const bothCall = (): CauseScript => {
    const script = new CauseScript();
    for (const [i, name] of ['A', 'B'].entries()) {
      script.asked(name, node(1, 10 + 2 * i), 101 + i);
      script.calls(name.toLowerCase(), node(1, 11 + 2 * i), 201 + i);
    }
    return script;
  };

  it('gives a connection that comes free to who goes on with the answer', () => {
    const script = bothCall();
    script.reads(node(2, 20), 'a');
    script.calls('a2', node(2, 20), 201);
    expect(script.cause('a2')).toBe('A by loop_turn');
  });

  it('gives it to another one where who goes on with the answer is done', () => {
    const script = bothCall();
    script.asked('C', node(1, 20), 103);
    script.reads(node(2, 20), 'a');
    script.calls('c', node(2, 20), 201);
    script.answers(node(2, 21), 'A');
    script.reads(node(3, 30), 'c');
    script.calls('c2', node(3, 30), 301, { port: 81 });
    expect([script.cause('c'), script.cause('c2')]).toEqual(['', '']);
    script.reads(node(4, 40), 'c2');
    script.answers(node(4, 40), 'C');
    expect([script.cause('c'), script.cause('c2')]).toEqual(['C by answer', 'C by answer']);
  });

  it('takes back, when it comes out that some had waited, what was believed of the others', () => {
    const script = bothCall();
    script.asked('C', node(1, 20), 103);
    script.asked('D', node(1, 22), 104);
    script.reads(node(2, 30), 'a');
    script.calls('c', node(2, 30), 201);
    expect(script.cause('c')).toBe('A by loop_turn');
    script.reads(node(2, 32), 'b');
    script.answers(node(2, 32), 'B');
    script.calls('d', node(2, 32), 202);
    expect([script.cause('c'), script.cause('d')]).toEqual(['', '']);
  });

  it('has nobody waiting while another connection is free', () => {
    const script = bothCall();
    script.reads(node(2, 30), 'a');
    script.answers(node(2, 30), 'A');
    script.asked('C', node(3, 40), 103);
    script.calls('c', node(3, 40), 203);
    script.reads(node(4, 50), 'c');
    script.calls('c2', node(4, 50), 203);
    expect(script.cause('c2')).toBe('C by loop_turn');
  });
});
