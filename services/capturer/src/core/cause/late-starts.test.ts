import { expect, it } from 'vitest';
import { CauseScript } from '../../testing/cause-script.ts';

const handler = { tid: 1, goid: 10 };
let goroutines = 100;
const started = () => ({ tid: 2, goid: ++goroutines, parentGoid: handler.goid });

/** Serves requests one after another; a goroutine that was started for each asks port 81 when it is answered, before the next one. */
function forgets(script: CauseScript, requests: number): void {
  for (let n = 0; n < requests; n++) {
    const name = `forgotten ${goroutines}`;
    script.asked(name, handler, 101);
    script.answers(handler, name);
    script.calls(`call for ${name}`, started(), 300 + n, { port: 81 });
  }
}

/** What a goroutine calls that is first seen while the handler is at request `A`, and whose answer comes in time. */
function callDuring(script: CauseScript, port: number): string {
  script.asked('A', handler, 101);
  const actor = started();
  script.calls('a', actor, 400, { port });
  script.reads(actor, 'a');
  script.answers(handler, 'A');
  return script.cause('a');
}

it('a goroutine works for the request that its maker was at when it was first seen', () => {
  const script = new CauseScript();
  script.asked('before', handler, 101);
  script.answers(handler, 'before');
  expect(callDuring(script, 81)).toBe('A by task_start');
});

it('of goroutines that nobody waits for nothing is said: they may have been started for a request before', () => {
  const script = new CauseScript();
  forgets(script, 1);
  expect(callDuring(script, 81)).toBe('');
});

it('what others call, which are waited for, is known all the same', () => {
  const script = new CauseScript();
  forgets(script, 1);
  expect(callDuring(script, 82)).toBe('A by task_start');
});

it('one that came late among many says nothing of these', () => {
  const script = new CauseScript();
  for (let n = 0; n < 40; n++) {
    script.asked(`X${n}`, handler, 101);
    const actor = started();
    script.calls(`x${n}`, actor, 400, { port: 81 });
    script.reads(actor, `x${n}`);
    script.answers(handler, `X${n}`);
  }
  forgets(script, 1);
  expect(callDuring(script, 81)).toBe('A by task_start');
});

it('a stream is served by a goroutine of its own, which was not started for another one', () => {
  const script = new CauseScript();
  forgets(script, 3);
  const actor = started();
  script.asked('A', handler, 102, { protocol: 'grpc', stream: 1 });
  script.takes(actor, 102, 1);
  script.calls('a', actor, 400, { port: 81 });
  script.reads(actor, 'a');
  script.answers(actor, 'A');
  expect(script.cause('a')).toBe('A by task');
});
