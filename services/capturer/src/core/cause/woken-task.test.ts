import { describe, expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

/** Tasks of one process, all run by one thread: those that serve `A` and `B`, connections, a worker, and the one that runs others. */
const [first, second, connection, other, worker, helper, late] = [11, 12, 21, 22, 31, 41, 42].map((goid) => ({ goid }));
const driver = { goid: 1 };

const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

/** `A` and `B` have been read; what the driver woke for that tells nothing. */
function asked(): CauseScript {
  const script = new CauseScript();
  for (const [name, task, socket] of [['A', first, 101] as const, ['B', second, 102] as const]) {
    script.wakesTask(driver, task.goid);
    script.asked(name, task, socket);
  }
  return script;
}

/** `A` and `B` are answered. */
function answered(script: CauseScript): CauseScript {
  script.answers(first, 'A');
  script.answers(second, 'B');
  return script;
}

describe('a task that tells whom it wakes', () => {
  it('writes for the one that woke it, whatever its thread has read since', () => {
    const script = asked();
    script.wakesTask(first, connection.goid);
    script.wakesTask(second, other.goid);
    script.calls('b', other, 202);
    script.calls('a', connection, 201);
    expect(causes(answered(script), 'a', 'b')).toEqual(['', '']); // no answers yet
    const again = asked();
    again.wakesTask(first, connection.goid);
    again.wakesTask(second, other.goid);
    again.calls('b', other, 202);
    again.calls('a', connection, 201);
    again.reads(connection, 'a');
    again.reads(other, 'b');
    expect(causes(answered(again), 'a', 'b')).toEqual(['A by task_handoff', 'B by task_handoff']);
  });

  it('works for the request of the task that made it', () => {
    const script = asked();
    script.makesTask(second, worker.goid);
    script.calls('b', worker, 201);
    script.reads(worker, 'b');
    expect(causes(answered(script), 'b')).toEqual(['B by task_start']);
  });

  it('gives several answers of one read to as many tasks, in their order', () => {
    const script = asked();
    script.wakesTask(first, connection.goid);
    script.calls('1', connection, 201);
    script.reads(connection, '1');
    script.wakesTask(connection, first.goid); // it turns out to serve a connection
    script.wakesTask(second, connection.goid);
    script.calls('b', connection, 201);
    script.calls('a', connection, 201); // it was given that while it ran: nobody woke it
    script.reads(connection, 'b', 'a');
    script.wakesTask(connection, second.goid);
    script.wakesTask(connection, first.goid);
    expect(causes(answered(script), 'b', 'a')).toEqual(['B by task_handoff', 'A by wake_back']);
  });

  it('has done its last call for the one that it wakes, where it took its task unseen', () => {
    const script = asked();
    script.wakesTask(first, worker.goid);
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.wakesTask(worker, first.goid);
    script.calls('b', worker, 201);
    script.reads(worker, 'b');
    script.wakesTask(worker, second.goid);
    expect(causes(answered(script), 'a', 'b')).toEqual(['A by task_handoff', 'B by wake_back']);
  });

  it('was made for one request, and serves a connection for others', () => {
    const script = asked();
    script.makesTask(first, connection.goid);
    script.wakesTask(second, connection.goid);
    script.calls('b', connection, 201);
    script.reads(connection, 'b');
    script.wakesTask(connection, second.goid);
    expect(causes(answered(script), 'b')).toEqual(['B by wake_back']);
  });

  it('was made for one request, and woken by another that gives back what both need', () => {
    const script = asked();
    script.makesTask(first, worker.goid);
    script.makesTask(second, helper.goid);
    script.wakesTask(helper, worker.goid);
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.wakesTask(worker, late.goid); // the next one that waits for it
    expect(causes(answered(script), 'a')).toEqual(['A by task_start']);
  });

  it('goes on with its own answers, whoever had woken it before', () => {
    const script = asked();
    script.makesTask(first, worker.goid);
    script.makesTask(second, helper.goid);
    script.wakesTask(helper, worker.goid); // gives back what both need
    script.calls('a', worker, 201);
    script.reads(worker, 'a');
    script.calls('b', worker, 201);
    script.reads(worker, 'b');
    expect(causes(answered(script), 'a', 'b')).toEqual(['A by task_start', 'A by task_start']);
  });

  it('was made for one request, and writes what others have left for it in one go with its own', () => {
    const script = asked();
    script.makesTask(first, worker.goid);
    script.makesTask(second, helper.goid);
    script.makesTask(worker, connection.goid);
    script.wakesTask(worker, connection.goid);
    script.callsInOneGo(['a', 'b'], connection, 201);
    expect(causes(script, 'a', 'b')).toEqual(['A by task_handoff', '']);
    script.reads(connection, 'a', 'b');
    script.wakesTask(connection, worker.goid);
    script.wakesTask(connection, helper.goid);
    script.wakesTask(driver, connection.goid);
    expect(causes(answered(script), 'a', 'b')).toEqual(['A by task_handoff', 'B by task_handoff']);
  });

  it('was made for one request, and writes several for that in one go', () => {
    const script = asked();
    script.makesTask(first, worker.goid);
    script.callsInOneGo(['a', 'b'], worker, 201);
    script.reads(worker, 'a', 'b');
    script.wakesTask(driver, worker.goid);
    script.calls('c', worker, 201);
    script.reads(worker, 'c');
    expect(causes(answered(script), 'a', 'b', 'c')).toEqual(Array(3).fill('A by task_start'));
  });

  it('gives its answer to whom it wakes first, whoever had woken it before it wrote', () => {
    const script = asked();
    script.makesTask(first, worker.goid);
    script.makesTask(second, helper.goid);
    script.wakesTask(worker, connection.goid);
    script.calls('1', connection, 201);
    script.reads(connection, '1');
    script.wakesTask(connection, worker.goid); // it turns out to serve a connection
    script.wakesTask(worker, connection.goid);
    script.wakesTask(helper, connection.goid); // while it was about to write
    script.calls('a', connection, 201);
    script.calls('b', connection, 201);
    script.reads(connection, 'a');
    script.wakesTask(connection, worker.goid);
    script.wakesTask(connection, late.goid); // another one that waits for the connection
    script.reads(connection, 'b');
    script.wakesTask(connection, helper.goid);
    expect(causes(answered(script), 'a', 'b')).toEqual(['A by task_handoff', 'B by task_handoff']);
  });

  it('serves each stream of a session in a task of its own', () => {
    const script = new CauseScript();
    script.wakesTask(driver, first.goid);
    script.askedAtOnce(['A', 'B'], first, 101);
    script.makesTask(first, worker.goid);
    script.makesTask(first, helper.goid);
    for (const [name, task] of [['b', helper] as const, ['a', worker] as const]) {
      script.calls(name, task, 200 + task.goid);
      script.reads(task, name);
    }
    script.answers(first, 'B');
    script.answers(first, 'A');
    expect(causes(script, 'a', 'b')).toEqual(['A by task', 'B by task']);
  });

  it.each([
    [
      'each stream has a task that waits for its answer',
      [41, 42, 43],
      ['A by wake_back', 'B by wake_back', 'B by wake_back'],
    ],
    ['others are woken than those that wait for these answers', [42, 41, 43], ['', '', '']],
  ])('asks on a session, and reads several answers at once, where %s', (_, woken, expected) => {
    const script = asked();
    for (const task of [first, second]) {
      script.wakesTask(task, worker.goid); // hands it on
      script.wakesTask(worker, connection.goid);
    }
    script.callsAtOnce(['a', 'b', 'c'], connection, 201);
    script.reads(connection, 'a', 'b', 'c');
    for (const goid of woken) script.wakesTask(connection, goid);
    for (const [i, task] of [first, second, second].entries()) script.wakesTask({ goid: woken[i] }, task.goid);
    expect(causes(answered(script), 'a', 'b', 'c')).toEqual(expected);
  });

  it('waits for the answer of a stream that a task asks for which was made for a request', () => {
    const script = asked();
    const [one, two] = [51, 52].map((goid) => ({ goid }));
    script.makesTask(first, one.goid);
    script.makesTask(second, two.goid);
    for (const task of [one, two]) script.wakesTask(task, worker.goid);
    script.wakesTask(worker, connection.goid);
    script.callsAtOnce(['a', 'b', 'c'], connection, 201);
    script.reads(connection, 'a', 'b', 'c');
    for (const goid of [41, 42, 43]) script.wakesTask(connection, goid);
    for (const [i, task] of [one, two, two].entries()) script.wakesTask({ goid: 41 + i }, task.goid);
    expect(causes(answered(script), 'a', 'b', 'c')).toEqual(['A by wake_back', 'B by wake_back', 'B by wake_back']);
  });

  it("asks on a session whose streams' answers are waited for by tasks of their own", () => {
    const script = asked();
    for (const [name, task, waiting, stream] of [['b', second, helper, 1] as const, ['a', first, late, 3] as const]) {
      script.wakesTask(task, worker.goid); // hands it on
      script.wakesTask(worker, connection.goid);
      script.calls(name, connection, 201, { protocol: 'http2', stream });
      script.makesTask(worker, waiting.goid);
    }
    script.reads(connection, 'a', 'b');
    script.wakesTask(connection, late.goid);
    script.wakesTask(connection, helper.goid);
    script.wakesTask(helper, second.goid);
    script.wakesTask(late, first.goid);
    expect(causes(answered(script), 'a', 'b')).toEqual(['A by task_handoff', 'B by task_handoff']);
  });

  /** The helper has been woken by the worker, which works for A, and makes a call on a connection. */
  function helps(call: string): CauseScript {
    const script = asked();
    script.wakesTask(first, worker.goid);
    script.wakesTask(worker, helper.goid);
    script.wakesTask(helper, connection.goid);
    script.calls(call, connection, 201);
    script.reads(connection, call);
    script.wakesTask(connection, helper.goid);
    return script;
  }

  it('was woken to wait for the next task, which it finds unseen, by one that has taken one', () => {
    const script = helps('b');
    expect(causes(script, 'b')).toEqual(['']);
    script.wakesTask(helper, second.goid);
    expect(causes(answered(script), 'b')).toEqual(['B by wake_back']);
  });

  it('works for the one that woke it, if it wakes that again', () => {
    const script = helps('a');
    script.wakesTask(helper, worker.goid);
    expect(causes(answered(script), 'a')).toEqual(['A by wake_back']);
  });

  it.each([
    ['all that it has done', 4, 'B by wake_back'],
    ['its last call', 3, ''],
  ])(
    'has done %s for the one that it wakes, where workers have been seen to wake for whom they work %i times',
    (_, times, cause) => {
      const script = new CauseScript();
      const calls = (name: string): void => {
        script.wakesTask(worker, connection.goid);
        script.calls(name, connection, 201);
        script.reads(connection, name);
        script.wakesTask(connection, worker.goid);
      };
      for (let i = 0; i < times; i++) {
        script.wakesTask(driver, first.goid);
        script.asked(`A${i}`, first, 101);
        script.wakesTask(first, worker.goid);
        calls(`a${i}`);
        script.wakesTask(worker, first.goid);
        script.answers(first, `A${i}`);
      }
      for (const [name, task, socket] of [['A', first, 101] as const, ['B', second, 102] as const]) {
        script.wakesTask(driver, task.goid);
        script.asked(name, task, socket);
      }
      calls('b1'); // it has found that in its channel
      calls('b2');
      script.wakesTask(worker, second.goid);
      expect(causes(answered(script), 'b1', 'b2')).toEqual([cause, 'B by wake_back']);
    },
  );
});
