import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const first: Actor = { tid: 11 };
const second: Actor = { tid: 12 };
const worker: Actor = { tid: 21 };

/** A worker that has taken so many tasks that its queue is known. */
function withWorker(): CauseScript {
  const script = new CauseScript();
  for (let task = 1; task <= 4; task++) {
    script.puts({ tid: 10 }, 0xe000 + task);
    script.gets(worker, 0xe000 + task);
  }
  return script;
}

const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

it('who takes a task out of a queue works for whom it was put in, with or without a wake', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  script.puts(second, 0xb0);
  script.puts(first, 0xa0);
  script.gets(worker, 0xb0);
  script.calls('b', worker, 201);
  script.reads(worker, 'b');
  script.calls('b2', worker, 201);
  script.reads(worker, 'b2');
  script.gets(worker, 0xa0);
  script.calls('a', worker, 201);
  script.reads(worker, 'a');
  script.answers(first, 'A');
  script.answers(second, 'B');
  expect(causes(script, 'b', 'b2', 'a')).toEqual(['B by queue', 'B by queue', 'A by queue']);
});

it('a task of nobody known ends what the worker did before', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.puts(first, 0xa0);
  script.gets(worker, 0xa0);
  script.puts({ tid: 10 }, 0xc0);
  script.gets(worker, 0xc0);
  script.calls('?', worker, 201);
  expect(script.cause('?')).toBe('');
});

it('what a task of a loop put in, whose request is not known yet, is for what that task answers', () => {
  const script = withWorker();
  const loop = { tid: 1, turn: 5 };
  script.asked('A', loop, 101);
  script.makes(loop, 7);
  script.asked('B', { ...loop, turn: 6 }, 102);
  script.puts({ ...loop, turn: 7, goid: 7 }, 0xa0);
  script.gets(worker, 0xa0);
  script.calls('a', worker, 201);
  script.reads(worker, 'a');
  script.answers({ ...loop, turn: 8, goid: 7 }, 'A');
  expect(script.cause('a')).toBe('A by answer');
});

it('a queue into which things are put again is a pool of connections, and hands no work over', () => {
  const script = new CauseScript();
  for (let i = 0; i < 4; i++) {
    for (const actor of [first, second]) {
      script.puts(actor, 0xf000 + actor.tid!);
      script.gets(actor, 0xf000 + actor.tid!);
    }
  }
  script.asked('A', first, 101);
  script.puts(first, 0xf000 + first.tid!);
  script.gets(worker, 0xf000 + first.tid!);
  script.calls('?', worker, 201);
  expect(script.cause('?')).toBe('');
});

it('who has read a request itself works for that, whatever it takes out', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  script.puts(second, 0xb0);
  script.gets(first, 0xb0);
  script.calls('a', first, 201);
  expect(script.cause('a')).toBe('A by thread');
});

it('a goroutine that was started for one request and takes another one’s task works for that one', () => {
  const script = new CauseScript();
  const channel = 7;
  const [handler, other] = [
    { tid: 1, goid: 10 },
    { tid: 2, goid: 11 },
  ];
  const started = { tid: 3, goid: 20, parentGoid: 10 };
  script.asked('A', handler, 101);
  script.asked('B', other, 102);
  const takes = (giver: Actor, task: number) => {
    script.puts(giver, task, channel);
    script.gets(started, task, channel);
  };
  takes(handler, 0xa0);
  script.calls('a', started, 201);
  script.reads(started, 'a');
  takes(other, 0xb0);
  script.calls('not sure yet', started, 201);
  script.reads(started, 'not sure yet');
  takes(handler, 0xa1);
  takes(other, 0xb1);
  script.calls('b', started, 201);
  script.reads(started, 'b');
  expect(causes(script, 'a', 'not sure yet', 'b')).toEqual(['A by task_start', '', 'B by queue']);
});

it('of two tasks that are alike it is not known which one is taken', () => {
  const script = withWorker();
  script.asked('A', first, 101);
  script.asked('B', second, 102);
  script.puts(first, 0xa0);
  script.puts(second, 0xa0);
  for (const call of ['one', 'another']) {
    script.gets(worker, 0xa0, 1);
    script.calls(call, worker, 201);
    script.reads(worker, call);
  }
  expect(causes(script, 'one', 'another')).toEqual(['', '']);
});

it('a result of its own request, or of nobody known, does not take a worker off its task', () => {
  const script = withWorker();
  const results = 9;
  script.asked('A', first, 101);
  script.puts(first, 0xa0);
  script.gets(worker, 0xa0);
  for (let result = 1; result < 5; result++) {
    script.puts({ tid: 50 }, result, results);
    script.gets(worker, result, results);
  }
  script.calls('a', worker, 201);
  script.reads(worker, 'a');
  expect(script.cause('a')).toBe('A by queue');
});

it('who collects what it takes, and makes one call for all, works for none of them', () => {
  const script = new CauseScript();
  for (let batch = 0; batch < 4; batch++) {
    for (const [n, actor] of [first, second, first, second].entries()) {
      script.asked(`${batch} ${n}`, actor, 101 + n);
      script.puts(actor, 0xd000 + 16 * batch + n);
      script.gets(worker, 0xd000 + 16 * batch + n);
    }
    script.calls(`batch ${batch}`, worker, 201);
    script.reads(worker, `batch ${batch}`);
  }
  expect(script.cause('batch 3')).toBe('');
});

it('who passes on what it takes, and calls nobody, collects nothing: so does whoever takes that next', () => {
  const script = new CauseScript();
  const [stage, last] = [
    { tid: 3, goid: 20 },
    { tid: 3, goid: 21 },
  ];
  for (let n = 0; n < 20; n++) {
    for (const [i, goid] of [10, 11].entries()) {
      script.asked(`${n} ${i}`, { tid: 1, goid }, 101 + i);
      script.puts({ tid: 1, goid }, 0xa0 + i, 7);
    }
    for (let i = 0; i < 2; i++) {
      script.gets(stage, 0xa0 + i, 7);
      script.puts(stage, 0xb0 + i, 8);
      script.gets(last, 0xb0 + i, 8);
      script.calls(`call ${n} ${i}`, last, 201);
      script.reads(last, `call ${n} ${i}`);
    }
    for (const [i, goid] of [10, 11].entries()) script.answers({ tid: 1, goid }, `${n} ${i}`);
  }
  expect(causes(script, 'call 19 0', 'call 19 1')).toEqual(['19 0 by queue', '19 1 by queue']);
});

it('what goroutines have called that took their tasks unseen was for whom they give the results to, alike or not', () => {
  const script = new CauseScript();
  const [A, B] = [10, 11].map((goid) => ({ tid: 1, goid }));
  const workers = [20, 21].map((goid) => ({ tid: 3, goid }));
  const [resultsOfA, resultsOfB] = [7, 8];
  script.asked('A', A, 101);
  script.asked('B', B, 102);
  script.puts(workers[0], 0xec, resultsOfB); // it was told something else
  for (const [i, one] of workers.entries()) {
    script.calls(`a${i}`, one, 201 + i);
    script.reads(one, `a${i}`);
    script.puts(one, 0xee, resultsOfA);
  }
  script.calls('b', workers[0], 201);
  script.reads(workers[0], 'b');
  script.puts(workers[0], 0xed, 9); // nobody takes that
  script.calls('b2', workers[0], 201);
  script.reads(workers[0], 'b2');
  script.puts(workers[0], 0xef, resultsOfB);
  script.gets(B, 0xec, resultsOfB);
  script.gets(B, 0xef, resultsOfB);
  script.gets(A, 0xee, resultsOfA);
  script.answers(A, 'A');
  script.answers(B, 'B');
  expect(causes(script, 'a0', 'a1', 'b', 'b2')).toEqual(['A by wake_back', 'A by wake_back', '', 'B by wake_back']);
});

it('a goroutine that goes on with others’ tasks calls for whom it gives the results to, also while what it was started for is open', () => {
  const script = new CauseScript();
  const [A, B, C] = [10, 11, 12].map((goid) => ({ tid: 1, goid }));
  const worker = { tid: 3, goid: 20, parentGoid: 10 };
  for (const [i, one] of [A, B, C].entries()) script.asked('ABC'[i], one, 101 + i);
  /** What else it gives away before its next call is nothing that came of this one: a connection, say. */
  const works = (call: string, ...takers: Actor[]): void => {
    script.calls(call, worker, 201);
    script.reads(worker, call);
    for (const taker of takers) {
      script.puts(worker, 0xe0, 30 + taker.goid!);
      script.gets(taker, 0xe0, 30 + taker.goid!);
    }
  };
  works('a', A);
  works('not known yet', B);
  script.answers(A, 'A');
  works('b', B);
  script.asked('A2', A, 101);
  script.calls('a2', { tid: 4, goid: 21, parentGoid: 10 }, 202);
  works('c', B, C);
  expect(causes(script, 'a', 'not known yet', 'b', 'c')).toEqual([
    'A by task_start',
    'A by task_start',
    'B by wake_back',
    'C by wake_back',
  ]);
});

it('a goroutine that another request lets have its connection calls for that one it was started for', () => {
  const script = new CauseScript();
  const [A, B] = [10, 11].map((goid) => ({ tid: 1, goid }));
  const started = { tid: 3, goid: 20, parentGoid: 10 };
  script.asked('A', A, 101);
  script.asked('B', B, 102);
  script.calls('a', started, 201);
  script.reads(started, 'a');
  script.puts(started, 0xc0, 7);
  script.gets(B, 0xc0, 7);
  expect(script.cause('a')).toBe('A by task_start');
});

it('what its maker has put into a new queue is for the request of that one, and so is what the thread takes next', () => {
  const script = new CauseScript();
  const end = 0xfff;
  for (let request = 0; request < 40; request++) {
    const [a, b] = [`A${request}`, `B${request}`];
    script.asked(a, first, 101);
    script.asked(b, second, 102);
    for (const [n, handler] of [first, second].entries()) {
      // A pool for this request alone; memory of queues is used again, and a mark at their end is passed on.
      const [queue, tid] = [100 + n, 1000 + 2 * request + n];
      script.puts(handler, 0xa0 + n, queue);
      script.clones(handler, tid);
      script.wakes(n === 0 ? second : first, tid, 0x77); // the interpreter's lock
      script.puts(handler, 0xb0 + n, queue);
      script.gets({ tid }, 0xa0 + n, queue);
      script.calls(`${n === 0 ? a : b} 1`, { tid }, 201 + n);
      script.reads({ tid }, `${n === 0 ? a : b} 1`);
      script.gets({ tid }, 0xb0 + n, queue);
      script.calls(`${n === 0 ? a : b} 2`, { tid }, 201 + n);
      script.reads({ tid }, `${n === 0 ? a : b} 2`);
      script.puts(handler, end, queue);
      script.gets({ tid }, end, queue);
      script.puts({ tid }, end, queue);
    }
    script.answers(second, b);
    script.answers(first, a);
  }
  for (const name of ['A0', 'B0', 'A39', 'B39'])
    expect(causes(script, `${name} 1`, `${name} 2`)).toEqual([`${name} by queue`, `${name} by queue`]);
});

it('a thread that a loop has started for its tasks works for who put in what it took last, also where some run as tasks of their own', () => {
  const script = new CauseScript();
  const loop = { tid: 1, turn: 5 };
  script.makes(loop, 100); // an older one
  script.clones(loop, worker.tid!);
  for (let n = 0; n < 24; n++) {
    const task = { tid: 1, turn: 6 + n, goid: 200 + n };
    script.asked(`A${n}`, loop, 101 + n);
    script.makes(loop, task.goid);
    script.puts(task, 0xa000 + n);
  }
  for (let n = 0; n < 24; n++) {
    script.gets(worker, 0xa000 + n);
    const actor = n % 3 === 0 || n > 20 ? worker : { ...worker, goid: 300 + n };
    if (actor !== worker) script.makes({ ...worker, goid: 200 + n }, actor.goid!);
    script.calls(`a${n}`, actor, 501);
    script.reads(actor, `a${n}`);
  }
  for (let n = 23; n >= 0; n--) script.answers({ tid: 1, turn: 60 - n, goid: 200 + n }, `A${n}`);
  for (let n = 0; n < 24; n++) expect(script.cause(`a${n}`)).toBe(`A${n} by answer`);
});

/** A loop leaves requests to threads, which leave the calls to others: waitress, with a pool of threads. */
const [loopTurn, handler, caller]: ((turn: number) => Actor)[] = [
  (turn) => ({ tid: 1, turn }),
  () => ({ tid: 31 }),
  () => ({ tid: 41 }),
];
const [requests, jobs] = [51, 52];

it('who hands on what it takes does something for it', () => {
  const script = new CauseScript();
  const names = Array.from({ length: 20 }, (_, i) => `A${i}`);
  for (const [i, name] of names.entries()) {
    script.asked(name, loopTurn(10 + i), 101);
    script.puts(loopTurn(10 + i), 0xa000, requests);
    script.gets(handler(0), 0xa000, requests);
    script.puts(handler(0), 0xb000 + i, jobs);
    script.gets(caller(0), 0xb000 + i, jobs);
    script.calls(`call ${name}`, caller(0), 201);
    script.reads(caller(0), `call ${name}`);
    script.answers(handler(0), name);
  }
  const known = names.slice(2); // the queue is known by the first ones
  expect(known.map((name) => script.cause(`call ${name}`))).toEqual(known.map((name) => `${name} by queue`));
});

it('a loop that puts each of many requests of a turn into a queue as it reads them does all in order', () => {
  const script = new CauseScript();
  const takes = (object: number) => script.gets(handler(0), object, requests);
  for (let i = 0; i < 4; i++) {
    script.puts(loopTurn(5 + i), 0xc000 + i, requests);
    takes(0xc000 + i);
  }
  const names = Array.from({ length: 20 }, (_, i) => `A${i}`);
  for (const [i, name] of names.entries()) {
    script.asked(name, loopTurn(20), 101 + i);
    script.puts(loopTurn(20), 0xa000 + i, requests);
  }
  for (const [i, name] of names.entries()) {
    takes(0xa000 + i);
    script.calls(`call ${name}`, handler(0), 300);
    script.reads(handler(0), `call ${name}`);
  }
  expect(names.map((name) => script.cause(`call ${name}`))).toEqual(names.map((name) => `${name} by queue`));
});

it('a queue of jobs is known by their type, whatever its takers have done before', () => {
  const script = new CauseScript();
  script.asked('A', first, 101);
  script.puts(first, 0xa0, jobs, true);
  script.gets(worker, 0xa0, jobs);
  script.calls('a', worker, 201);
  expect(script.cause('a')).toBe('A by queue');
});

it('for whom a job is that a woken thread puts in is not known by that wake', () => {
  const script = new CauseScript();
  script.asked('A', loopTurn(5), 101);
  script.wakes(loopTurn(5), handler(0).tid!, 0xf0); // for a request that it has had before
  script.puts(handler(0), 0xa0, jobs, true);
  script.gets(worker, 0xa0, jobs);
  script.calls('?', worker, 201);
  expect(script.cause('?')).toBe('');
});
