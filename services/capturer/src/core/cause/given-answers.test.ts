import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const [A, B, C]: Actor[] = [10, 11, 12].map((goid) => ({ tid: 1, goid }));
/** What A has started writes all commands, another goroutine reads their answers. */
const writer: Actor = { tid: 2, goid: 20, parentGoid: 10 };
const reader: Actor = { tid: 3, goid: 21 };
const connection = 200;
/** The channel of each, at which it waits. */
const channels = new Map([A, B, C].map((actor) => [actor, 30 + actor.goid!]));

const redis = (script: CauseScript, ...names: string[]): void => {
  for (const name of names) script.calls(name, writer, connection, { port: 6379 });
};
/** The reader gives each of them something, and they get it. */
function gives(script: CauseScript, ...actors: Actor[]): void {
  for (const [i, actor] of actors.entries()) script.puts(reader, 0xa0 + i, channels.get(actor));
  for (const [i, actor] of actors.entries()) script.gets(actor, 0xa0 + i, channels.get(actor));
}
function asked(): CauseScript {
  const script = new CauseScript();
  for (const [name, actor] of Object.entries({ A, B, C })) script.asked(name, actor, 90 + actor.goid!);
  return script;
}
const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

describe('goroutines that share a connection, on which one writes and one reads', () => {
  it('are given their answers in the order in which these came', () => {
    const script = asked();
    redis(script, 'b', 'a', 'c');
    script.reads(reader, 'b', 'a');
    gives(script, B, A);
    script.reads(reader, 'c');
    gives(script, C);
    expect(causes(script, 'a', 'b', 'c')).toEqual(['A by wake_back', 'B by wake_back', 'C by wake_back']);
  });

  it('go on with what they are at', () => {
    const script = asked();
    const started: Actor = { tid: 4, goid: 40, parentGoid: 12 };
    channels.set(started, 77);
    script.calls('c0', started, 201);
    script.reads(started, 'c0');
    redis(script, 'b', 'c');
    script.reads(reader, 'b', 'c');
    gives(script, B, started);
    script.calls('c1', started, 201);
    script.calls('b1', B, 202);
    expect(causes(script, 'c', 'c1', 'b1')).toEqual(['C by wake_back', 'C by task_start', 'B by task']);
  });

  it('may have asked for several of them, when fewer are given than came: that is known where nobody else is waiting', () => {
    const script = asked();
    redis(script, 'b1', 'b2', '?');
    script.reads(reader, 'b1', 'b2');
    gives(script, B);
    script.reads(reader, '?');
    expect(causes(script, 'b1', 'b2', '?')).toEqual(['', '', '']);
    redis(script, 'c1', 'c2');
    script.reads(reader, 'c1', 'c2');
    gives(script, C);
    redis(script, 'a');
    script.reads(reader, 'a');
    gives(script, A);
    expect(causes(script, 'c1', 'c2', 'a')).toEqual(['C by wake_back', 'C by wake_back', 'A by wake_back']);
  });
});
