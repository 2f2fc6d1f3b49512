import { expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const names = ['A', 'B', 'C'];
/** One turn of the consumer's loop. */
const consumer = { tid: 1, turn: 5 };
const worker = { tid: 2 };

/** It reads several messages at once and puts as many objects into its queue, which it takes out again. */
function consumes(objects = names.length): CauseScript {
  const script = new CauseScript();
  script.pushed(consumer, 101, 'Basic.Deliver', ...names);
  for (let i = 0; i < objects; i++) script.puts(consumer, 0x100 + i, 1);
  for (let i = 0; i < objects; i++) {
    script.gets(consumer, 0x100 + i, 1);
    script.calls(`call ${i}`, consumer, 201);
    script.reads(consumer, `call ${i}`);
    script.calls(`next ${i}`, consumer, 201);
    script.reads(consumer, `next ${i}`);
  }
  return script;
}

/** It takes the objects of all messages out of the queue, one after another, and asks something for each. */
function takesEach(script: CauseScript, actor: Actor, before = () => {}): void {
  for (const [i] of names.entries()) {
    script.gets(actor, 0x100 + i, 1);
    before();
    script.calls(`call ${i}`, actor, 201);
    script.reads(actor, `call ${i}`);
  }
}

it('who takes one message after another out of its queue works for that one, acknowledged or not', () => {
  const script = consumes();
  for (const [i, name] of names.entries())
    expect([`call ${i}`, `next ${i}`].map((call) => script.cause(call))).toEqual([
      `${name} by queue`,
      `${name} by queue`,
    ]);
});

it('nothing is said where there are not as many objects as messages', () => {
  const script = consumes(2);
  expect(['call 0', 'next 0', 'call 1'].map((call) => script.cause(call))).toEqual(['', '', '']);
});

it('what it puts into another queue meanwhile, and takes out again, ends nothing', () => {
  const script = new CauseScript();
  script.pushed(consumer, 101, 'Basic.Deliver', ...names);
  for (const [i] of names.entries()) script.puts(consumer, 0x100 + i, 1);
  takesEach(script, consumer, () => {
    script.puts(consumer, 0x200, 2); // a connection of its pool
    script.gets(consumer, 0x200, 2);
  });
  expect(names.map((_, i) => script.cause(`call ${i}`))).toEqual(names.map((name) => `${name} by queue`));
});

it('the connection that it puts back after the last message of a read is none of the messages', () => {
  const script = new CauseScript();
  const connection = { object: 0x200, pool: 2 };
  script.puts(consumer, connection.object, connection.pool);
  for (const batch of [
    ['A', 'B'],
    ['C', 'D'],
  ]) {
    script.pushed(consumer, 101, 'Basic.Deliver', ...batch);
    for (const [i] of batch.entries()) script.puts(consumer, 0x100 + i, 1);
    for (const [i, name] of batch.entries()) {
      script.gets(consumer, 0x100 + i, 1);
      script.gets(consumer, connection.object, connection.pool);
      script.calls(`call ${name}`, consumer, 201);
      script.reads(consumer, `call ${name}`);
      script.puts(consumer, connection.object, connection.pool);
    }
  }
  expect(['A', 'B', 'C', 'D'].map((name) => script.cause(`call ${name}`))).toEqual([
    'A by queue',
    'B by queue',
    'C by queue',
    'D by queue',
  ]);
});

it('the pieces of a long read are one read', () => {
  const script = new CauseScript();
  const timeUs = script.nowUs;
  for (const name of names) script.pushed({ ...consumer, timeUs }, 101, 'Basic.Deliver', name);
  for (const [i] of names.entries()) script.puts(consumer, 0x100 + i, 1);
  takesEach(script, consumer);
  expect(names.map((_, i) => script.cause(`call ${i}`))).toEqual(names.map((name) => `${name} by queue`));
});

it('another thread that takes messages out of the queue works for each of them, whatever the read before had brought', () => {
  const script = new CauseScript();
  script.pushed(consumer, 101, 'Basic.Deliver', 'Z');
  script.pushed({ ...consumer, turn: 6 }, 101, 'Basic.Deliver', ...names);
  for (const [i] of names.entries()) script.puts({ ...consumer, turn: 6 }, 0x100 + i, 1);
  takesEach(script, worker);
  expect(names.map((_, i) => script.cause(`call ${i}`))).toEqual(names.map((name) => `${name} by queue`));
});

it('messages of several reads wait in one queue: the threads that it starts for them work for one each', () => {
  const script = new CauseScript();
  for (const [i, name] of names.entries()) {
    script.pushed(consumer, 101, 'Basic.Deliver', name);
    script.puts(consumer, 0x100 + i, 1);
  }
  for (const [i] of names.entries()) {
    script.gets(consumer, 0x100 + i, 1);
    script.clones(consumer, 10 + i);
  }
  for (const [i] of names.entries()) script.calls(`call ${i}`, { tid: 10 + i }, 201 + i);
  expect(names.map((_, i) => script.cause(`call ${i}`))).toEqual(names.map((name) => `${name} by thread_start`));
});
