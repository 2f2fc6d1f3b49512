import { expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';
import type { Call } from './call.ts';
import { QueueWatch } from './queue-watch.ts';
import { Servers } from './servers.ts';
import { Work } from './work.ts';

const pid = 7;
const loop = { tid: 1, turn: 5 };

it('a task that was there before a request works for whose object it takes, other tasks do not', () => {
  const script = new CauseScript();
  script.makes(loop, 90); // a worker
  script.makes(loop, 91); // it serves a connection
  script.asked('A', { ...loop, turn: 6 }, 101);
  script.makes({ ...loop, turn: 6 }, 92);
  script.puts({ ...loop, turn: 6, goid: 92 }, 0xa0, 3);
  script.puts({ ...loop, turn: 6, goid: 92 }, 0xa1, 4);
  script.gets({ ...loop, turn: 7, goid: 90 }, 0xa0, 3);
  script.calls('a', { ...loop, turn: 7, goid: 90 }, 201);
  script.reads({ ...loop, turn: 8, goid: 90 }, 'a');
  script.makes({ ...loop, turn: 8 }, 93); // younger than the request
  script.gets({ ...loop, turn: 8, goid: 93 }, 0xa1, 4);
  script.calls('?', { ...loop, turn: 8, goid: 93 }, 202);
  script.answers({ ...loop, turn: 9, goid: 92 }, 'A');
  expect(['a', '?'].map((name) => script.cause(name))).toEqual(['A by answer', '']);
});

it('a process tells from its first connection on, no more where that is of no use, and again where a cause is missing', () => {
  const asked: boolean[] = [];
  const servers = new Servers();
  const watch = new QueueWatch(servers, (_pid, isAsked) => asked.push(isAsked));
  const serve = (times: number) => {
    for (let i = 0; i < times; i++) watch.answered(pid);
  };
  servers.reads(pid);
  watch.serves(pid);
  watch.serves(pid);
  expect(asked).toEqual([true]);
  serve(500);
  watch.isOfUse(pid);
  serve(500);
  expect(asked).toEqual([true]);
  serve(100);
  expect(asked).toEqual([true, false]);
  const older = new Work(50);
  servers.asked(pid, older);
  watch.calls(pid, { work: undefined, startUs: 100 } as Call);
  serve(1);
  expect(asked).toEqual([true, false]); // its cause may be the one that is open
  servers.answered(pid, older);
  serve(1);
  expect(asked).toEqual([true, false, true]);
});
