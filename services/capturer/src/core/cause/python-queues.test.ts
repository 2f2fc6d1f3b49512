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
