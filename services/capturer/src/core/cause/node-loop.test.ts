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

  it('that does not tell when it runs timers may run them after any read, but not in callbacks of a connection', () => {
    const script = new CauseScript();
    for (let i = 1; i <= 10; i++) script.calls(`timer ${i}`, node(i, 10), 201);
    script.asked('before', node(19, 11), 101);
    script.answers(node(19, 11, 5), 'before');
    script.asked('A', node(20, 12), 101);
    script.calls('a', node(20, 12, 5), 202);
    script.calls('?', node(20, 12), 203);
    expect([script.cause('a'), script.cause('?')]).toEqual(['A by loop_turn', '']);
  });

  it('is taken to tell of timers while another one on this host does', () => {
    const script = new CauseScript();
    script.runsTimers({ ...node(1, 5), tid: 2 });
    script.asked('A', node(20, 12), 101);
    script.calls('a', { ...node(20, 12), timersDue: true }, 202);
    expect(script.cause('a')).toBe('A by loop_turn');
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

  it.each([
    [true, 'A by loop_turn'],
    [false, ''],
  ])('may have timers that nobody tells of where programs cannot be probed (they can: %s)', (mayProbe, cause) => {
    const script = new CauseScript(mayProbe);
    script.asked('A', node(1, 10), 101);
    script.calls('a', node(1, 11), 201);
    expect(script.cause('a')).toBe(cause);
  });
});

describe('a session of HTTP/2 in Node.js', () => {
  const [session, socket] = [0x5000, 200];
  const stream = (number: number) => ({ protocol: 'http2', stream: number, port: 50051 });
  /** Requests A and B come, and each makes a stream, which are sent in one go; their answers are read in one go, too. */
  const bothCall = (): CauseScript => {
    const script = new CauseScript();
    script.calls('first', node(1, 5), socket, stream(1));
    script.reads(node(2, 6), 'first');
    script.runsStream(node(2, 6), session, 1);
    script.asked('A', node(3, 10), 101);
    script.makesStream(node(3, 11), session, 3);
    script.asked('B', node(3, 12), 102);
    script.makesStream(node(3, 13), session, 5);
    script.calls('a', node(3, 13), socket, stream(3));
    script.calls('b', node(3, 13), socket, stream(5));
    return script;
  };

  it('sends at the end of a turn what was made for several', () => {
    const script = bothCall();
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('brings several answers at once, and tells which one is gone on with', () => {
    const script = bothCall();
    script.reads(node(4, 20), 'a', 'b');
    script.runsStream(node(4, 20), session, 5);
    script.makesStream(node(4, 22), session, 7);
    script.runsStream(node(4, 23), session, 3);
    script.calls('a2', node(4, 24), 300, { port: 81 });
    script.calls('b2', node(4, 24), socket, stream(7));
    expect([script.cause('a2'), script.cause('b2')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('makes streams for what an answer to another call put off', () => {
    const script = bothCall();
    script.reads(node(4, 20), 'a', 'b');
    script.runsStream(node(4, 20), session, 3);
    script.runsStream(node(4, 24), session, 5);
    script.makesStream(node(4, 30, 22), session, 7);
    script.makesStream(node(4, 30, 26), session, 9);
    script.calls('a2', node(4, 30), socket, stream(7));
    script.calls('b2', node(4, 30), socket, stream(9));
    expect([script.cause('a2'), script.cause('b2')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('says nothing of a stream that nobody is known to have made', () => {
    const script = bothCall();
    script.runsTimers(node(5, 40));
    script.makesStream(node(5, 41), session, 7);
    script.calls('?', node(5, 41), socket, stream(7));
    expect(script.cause('?')).toBe('');
  });

  it('serves requests of one connection, each in its callbacks', () => {
    const script = new CauseScript();
    const served = 101;
    script.askedAtOnce(['X'], node(1, 5), served);
    script.runsStream(node(1, 5), session, 1);
    script.answers(node(2, 6), 'X');
    script.asked('A', node(3, 10), served, stream(3));
    script.asked('B', node(3, 10), served, stream(5));
    script.runsStream(node(3, 10), session, 3);
    script.runsStream(node(3, 12), session, 5);
    script.calls('b', node(3, 14), 201);
    script.calls('a', node(3, 15, 11), 202);
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('tells in which callbacks an answer is made, which a pause has kept apart from its request', () => {
    const script = new CauseScript();
    const served = 101;
    script.askedAtOnce(['A', 'B'], node(1, 5), served);
    script.runsStream(node(1, 5), session, 1);
    script.runsStream(node(1, 6), session, 3);
    script.runsTimers(node(2, 20));
    script.calls('b', node(2, 20), 201);
    script.calls('a', node(2, 20), 202);
    script.reads(node(3, 21), 'b');
    script.makesStream(node(3, 22), session, 3);
    script.reads(node(3, 23), 'a');
    script.makesStream(node(3, 24), session, 1);
    script.answers(node(3, 24), 'A');
    script.answers(node(3, 24), 'B');
    expect([script.cause('a'), script.cause('b')]).toEqual(['A by answer', 'B by answer']);
  });
});
