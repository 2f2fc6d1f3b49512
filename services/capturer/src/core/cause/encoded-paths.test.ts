import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const [one, two]: Actor[] = [11, 12].map((goid) => ({ tid: 1, goid }));
const [table, other] = [7, 8];
const session = 200;
const stream = (number: number, resource: string) => ({ protocol: 'http2', stream: number, resource });

/** Two tasks are asked something. */
function asked(): CauseScript {
  const script = new CauseScript();
  script.asked('A', one, 101);
  script.asked('B', two, 102);
  return script;
}

const answered = (script: CauseScript, ...calls: string[]): string[] => {
  script.answers(one, 'A');
  script.answers(two, 'B');
  return calls.map((name) => script.cause(name));
};

describe('a request on a session of HTTP/2', () => {
  it('is of the task that has encoded its path, whichever sends it and reads the answer', () => {
    const script = asked();
    script.encodes(one, '/a?x=1', table);
    script.encodes(two, '/b', table);
    script.calls('a', two, session, stream(1, '/a?x=REDACTED'));
    script.calls('b', two, session, stream(3, '/b'));
    script.reads(one, 'b');
    script.calls('a1', one, 201);
    script.reads(two, 'a');
    script.calls('b1', two, 202);
    script.reads(one, 'a1');
    script.reads(two, 'b1');
    expect(answered(script, 'a', 'b', 'a1', 'b1')).toEqual([
      'A by task_handoff',
      'B by task',
      'A by task',
      'B by task',
    ]);
  });

  it('is for what that task answers, where it is not known yet', () => {
    const script = new CauseScript();
    const reader: Actor = { tid: 1, turn: 1, goid: 10 };
    const worker: Actor = { tid: 1, turn: 2, goid: 20 };
    script.makes(reader, 20);
    script.encodes(worker, '/a', table);
    script.asked('B', two, 102);
    script.calls('a', two, session, stream(1, '/a'));
    script.reads(two, 'a');
    script.answers(two, 'B');
    expect(script.cause('a')).toBe('');
  });

  it('is sent in the order in which it was encoded, also where the same is asked for', () => {
    const script = asked();
    script.encodes(two, '/same?x=1', table);
    script.encodes(one, '/same?x=2', table);
    script.calls('b', one, session, stream(1, '/same?x=REDACTED'));
    script.calls('a', one, session, stream(3, '/same?x=REDACTED'));
    expect(['a', 'b'].map((name) => script.cause(name))).toEqual(['A by task', 'B by task_handoff']);
  });

  it('may be of any of those that have encoded that path for several connections', () => {
    const script = asked();
    script.encodes(one, '/same', table);
    script.encodes(two, '/same', other);
    script.calls('?', one, session, stream(1, '/same'));
    expect(script.cause('?')).toBe('A by task');
  });
});
