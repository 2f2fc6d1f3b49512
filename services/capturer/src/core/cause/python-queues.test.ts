import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const REQUESTS = 24;
/** Queues: of the messages of a connection, of jobs, of the pieces of an answer. */
const [messages, jobs, pieces] = [1, 2, 3];
/** As aiohttp has them: what reads a connection's requests, what takes them from there; workers, what reads the answers to them. */
const [reader, handler, worker, answers]: number[] = [11, 12, 31, 32];
const on = (turn: number, goid: number): Actor => ({ tid: 1, turn, goid });

/** A connection is asked one thing after another; each is handled by a task that leaves the call to a worker. */
function served(isOlderOpen = false): CauseScript {
  const script = new CauseScript();
  const accepts: Actor = { tid: 1, turn: 1, goid: 10 };
  script.makes(accepts, worker);
  script.makes(on(1, worker), answers);
  script.makes(accepts, 21);
  if (isOlderOpen) script.asked('older', on(2, 21), 102);
  script.makes(accepts, reader);
  script.makes(accepts, handler);
  for (let i = 0; i < REQUESTS; i++) {
    const turn = 10 + 8 * i;
    script.asked(`A${i}`, on(turn, reader), 101);
    script.puts(on(turn, reader), 0x100 + i, messages);
    script.gets(on(turn + 1, handler), 0x100 + i, messages);
    script.makes(on(turn + 1, handler), 100 + i);
    script.puts(on(turn + 2, 100 + i), 0x200 + i, jobs);
    script.gets(on(turn + 3, worker), 0x200 + i, jobs);
    script.calls(`a${i}`, on(turn + 3, worker), 201);
    script.reads(on(turn + 4, answers), `a${i}`);
    script.puts(on(turn + 4, answers), 0x300, pieces);
    script.gets(on(turn + 5, worker), 0x300, pieces);
    script.answers(on(turn + 6, 200 + i), `A${i}`);
  }
  return script;
}

const right = Array.from({ length: REQUESTS }, (_, i) => `A${i} by queue`);
const found = (script: CauseScript) => right.map((_, i) => script.cause(`a${i}`));

it('a task that is given each request of its connection, and leaves all to others, works for it', () => {
  expect(found(served())).toEqual(right);
});

it('also where an older request is open as the connection begins', () => {
  expect(found(served(true))).toEqual(right);
});

/** Tornado's client: a request goes through a queue, and who is done takes that of another one and makes its task. */
it('a task that takes what another one had to wait with makes the next task for that one', () => {
  const script = new CauseScript();
  const [A, B, began, later]: number[] = [41, 42, 43, 44];
  const queue = 4;
  const accepts: Actor = { tid: 1, turn: 1, goid: 10 };
  for (const [i, goid] of [A, B].entries()) {
    script.makes(accepts, goid);
    script.asked('AB'[i], on(2 + i, goid), 101 + i);
  }
  script.putsTask(on(4, A), 0x500, queue);
  script.gets(on(4, A), 0x500, queue);
  script.makes(on(4, A), began);
  script.calls('a', on(5, began), 201);
  script.putsTask(on(6, B), 0x510, queue);
  script.reads(on(7, began), 'a');
  script.gets(on(7, began), 0x510, queue);
  script.makes(on(7, began), later);
  script.makes(on(7, began), 45);
  script.calls('b', on(8, later), 202);
  script.calls('a2', on(8, 45), 203);
  script.reads(on(9, later), 'b');
  script.reads(on(9, 45), 'a2');
  script.answers(on(10, A), 'A');
  script.answers(on(11, B), 'B');
  expect(['a', 'b', 'a2'].map((name) => script.cause(name))).toEqual([
    'A by task_start',
    'B by task_start',
    'A by task_start',
  ]);
});

/** uvloop reads itself, and then runs what that is for; Sanic's connections have a task each, which waits for requests. */
it.each([
  ['as anybody looked', true],
  ['before', false],
])(
  'a piece of an answer that the loop has read is no job for the task that has waited for it, on a connection that was made %s',
  (_, isTold) => {
    const script = new CauseScript();
    const [first, second, ofConnection]: number[] = [51, 52, 60];
    const loop = (turn: number): Actor => ({ tid: 1, turn });
    for (const goid of [first, second]) script.makes(on(1, 10), goid);
    script.asked('A', loop(3), 101);
    if (isTold) script.makes(on(3, first), ofConnection);
    script.calls('a', on(3, first), 201);
    script.asked('B', loop(4), 102);
    script.reads(loop(5), 'a');
    script.puts(on(5, ofConnection), 0x600, pieces);
    script.gets(on(6, first), 0x600, pieces);
    script.calls('a2', on(6, first), 203);
    script.reads(loop(7), 'a2');
    script.answers(on(8, second), 'B');
    script.answers(on(9, first), 'A');
    expect(['a', 'a2'].map((name) => script.cause(name))).toEqual(['A by answer', 'A by answer']);
  },
);

it('a deque into which who takes something puts others again keeps connections, and no jobs', () => {
  const script = new CauseScript();
  const [first, second]: number[] = [51, 52];
  const free = 5;
  for (const goid of [first, second]) script.makes(on(1, 10), goid);
  const loop = (turn: number): Actor => ({ tid: 1, turn });
  for (let i = 0; i < 4; i++) {
    script.puts(on(2 + i, first), 0x700 + 2 * i, free);
    script.gets(on(2 + i, second), 0x700 + 2 * i, free);
    script.puts(on(2 + i, second), 0x701 + 2 * i, free);
    script.gets(on(2 + i, first), 0x701 + 2 * i, free);
  }
  script.asked('A', loop(20), 101);
  script.puts(on(21, first), 0x780, free);
  script.asked('B', loop(22), 102);
  script.gets(on(22, second), 0x780, free);
  script.calls('b', on(22, second), 202);
  script.reads(on(23, second), 'b');
  script.answers(on(24, first), 'A');
  script.answers(on(25, second), 'B');
  expect(script.cause('b')).toBe('B by answer');
});
