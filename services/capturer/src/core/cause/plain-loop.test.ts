import { describe, expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

const turn = (number: number) => ({ tid: 1, turn: number });

/** In one turn a loop reads three requests, and answers each at once, or all when it has read all. */
function round(script: CauseScript, number: number, answers: 'later' | 'at once'): void {
  const names = ['A', 'B', 'C'].map((letter) => letter + number);
  for (const [i, name] of names.entries()) {
    script.asked(name, turn(number), 101 + i);
    if (answers === 'at once') script.answers(turn(number), name);
  }
  if (answers === 'later') for (const name of names) script.answers(turn(number), name);
}

function causeAfter(answers: 'later' | 'at once'): string {
  const script = new CauseScript();
  for (let number = 1; number <= 4; number++) round(script, number, answers);
  script.asked('C', turn(9), 101);
  script.asked('D', turn(9), 102);
  script.calls('?', turn(9), 201);
  script.reads(turn(10), '?');
  return script.cause('?');
}

it('a loop that reads all first, and then does what follows, has turns that tell nothing', () => {
  expect(causeAfter('later')).toBe('');
});

it('of one that does at once what follows from what it reads, the last request has the turn', () => {
  expect(causeAfter('at once')).toBe('D by loop_turn');
});

/** A thread makes a call late in a turn, of which nothing more is read; it has done so before, with nothing read at all. */
function causeOfLate(sharesSession: boolean): string {
  const script = new CauseScript();
  const stream = (number: number) => ({ protocol: 'grpc', stream: number });
  script.calls('timer', turn(1), 300);
  if (sharesSession) {
    script.calls('s', turn(1), 200, stream(1));
    script.calls('t', { tid: 2 }, 200, stream(3));
    script.reads({ tid: 2 }, 's', 't');
    script.calls('u', { tid: 2 }, 200, stream(5));
    script.calls('v', turn(1), 200, stream(7));
  }
  script.asked('A', turn(2), 101);
  script.waits(1500);
  script.calls('a', turn(2), 201);
  script.reads(turn(3), 'a');
  return script.cause('a');
}

it('what a loop does late in a turn timers may have set off', () => {
  expect(causeOfLate(false)).toBe('');
});

it('a thread that shares a session with others goes on with answers that they read for it', () => {
  expect(causeOfLate(true)).toBe('A by loop_turn');
});

describe('a loop that is new', () => {
  const asks = (script: CauseScript, names: string) => {
    for (const [i, name] of [...names].entries()) script.asked(name, turn(1), 101 + i);
  };

  it('has no turn in which anything is known once it has read on before it did anything', () => {
    const script = new CauseScript();
    asks(script, 'AB');
    script.calls('?', turn(1), 201);
    script.connects(turn(1), 202);
    script.calls('??', turn(2), 202);
    for (const name of ['?', '??']) script.reads(turn(3), name);
    expect(['?', '??'].map((name) => script.cause(name))).toEqual(['', '']);
  });

  it('acts for the one that it read last where it has acted for the one before', () => {
    const script = new CauseScript();
    asks(script, 'A');
    script.calls('a', turn(1), 201);
    script.asked('B', turn(1), 102);
    script.calls('b', turn(1), 202);
    expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['A by loop_turn', 'B by loop_turn']);
  });

  it('may read on where one read has brought several messages', () => {
    const script = new CauseScript();
    for (const [i, name] of ['A', 'B'].entries()) {
      script.asked(name, turn(1), 101 + i);
      script.calls(name.toLowerCase(), turn(1), 200, { port: 6379 });
    }
    script.reads(turn(2), 'a', 'b');
    for (const name of ['a2', 'b2']) script.calls(name, turn(2), 201);
    for (const name of ['a2', 'b2']) script.reads(turn(3), name);
    expect(['a2', 'b2'].map((name) => script.cause(name))).toEqual(['A by response_order', 'B by response_order']);
  });
});

describe('a loop whose timers are due', () => {
  const due = { ...turn(2), timersDue: true };

  it('does what they set off when it has read all', () => {
    const script = new CauseScript();
    script.asked('A', due, 101);
    script.calls('a', due, 201);
    script.asked('B', due, 102);
    script.calls('?', due, 202);
    for (const name of ['a', '?']) script.reads(turn(3), name);
    expect(['a', '?'].map((name) => script.cause(name))).toEqual(['A by loop_turn', '']);
  });

  it('may try at once to read the answers to what these ask, and goes on with them', () => {
    const script = new CauseScript();
    script.asked('A', due, 101);
    script.calls('?', due, 201);
    script.reads(due, '?');
    script.calls('??', due, 202);
    script.reads(turn(3), '??');
    expect(['?', '??'].map((name) => script.cause(name))).toEqual(['', '']);
  });
});

describe('a loop to which others hand what it does', () => {
  /** In turns in which it has read nothing it passes on what others have done, four times. */
  function handedOn(): CauseScript {
    const script = new CauseScript();
    for (let number = 1; number <= 4; number++) {
      script.asked(`X${number}`, { tid: 2, turn: number }, 100 + number);
      script.calls(`x${number}`, turn(2 * number), 200 + number);
      script.reads(turn(2 * number + 1), `x${number}`);
      script.answers({ tid: 2, turn: number }, `X${number}`);
    }
    return script;
  }

  it('does something else than what it has read last, maybe', () => {
    const script = handedOn();
    script.asked('A', { tid: 2, turn: 8 }, 110);
    script.asked('B', turn(10), 111);
    script.calls('?', turn(10), 211);
    script.reads(turn(11), '?');
    expect(script.cause('?')).toBe('');
  });

  it('does it for the only request that there is', () => {
    const script = handedOn();
    script.asked('B', turn(10), 111);
    script.calls('b', turn(10), 211);
    script.reads(turn(11), 'b');
    expect(script.cause('b')).toBe('B by loop_turn');
  });
});
