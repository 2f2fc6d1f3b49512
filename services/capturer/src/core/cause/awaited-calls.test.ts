import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';
import { type Place, Reached } from './reached.ts';

const first: Actor = { tid: 11 };
const second: Actor = { tid: 12 };
/** Threads of a client: one writes for all, one reads for all. */
const writer: Actor = { tid: 31 };
const selector: Actor = { tid: 32, turn: 1 };
const [connectionA, connectionB] = [101, 102];

/** What is one reference away. */
const near =
  (what: keyof typeof Reached) =>
  (value: number): Place => ({ what: Reached[what], root: 0, distance: 2, value });
const [thread, task, socket] = [near('thread'), near('task'), near('socket')];

/** Two requests are asked, and nobody has called yet. */
function withTwo(): CauseScript {
  const script = new CauseScript();
  script.asked('A', first, connectionA);
  script.asked('B', second, connectionB);
  return script;
}

const causes = (script: CauseScript, ...names: string[]) => names.map((name) => script.cause(name));

it("a call that a client's thread writes is for the thread that waits for it, whatever that one wrote before", () => {
  const script = withTwo();
  script.awaits(writer, 201, {}, thread(12));
  script.calls('b', writer, 201);
  script.awaits(writer, 202, {}, thread(11));
  script.calls('a', writer, 202);
  script.reads(selector, 'a');
  script.reads(selector, 'b');
  script.answers(first, 'A');
  script.answers(second, 'B');
  expect(causes(script, 'a', 'b')).toEqual(['A by waiting_thread', 'B by waiting_thread']);
});

it('where nobody waits it is for the request whose connection its answer leads to, also if others answer that', () => {
  const script = withTwo();
  script.awaits(writer, 201, {}, socket(201), socket(connectionB));
  script.calls('b', writer, 201);
  script.reads(selector, 'b');
  script.answers(writer, 'B');
  script.answers(first, 'A');
  expect(script.cause('b')).toBe('B by reached_connection');
});

it('who waits may be reached only when the answer is read', () => {
  const script = withTwo();
  script.awaits(writer, 201, {});
  script.calls('a', writer, 201);
  expect(script.cause('a')).toBe('');
  script.awaits(selector, 201, { reads: true }, socket(connectionA));
  script.reads(selector, 'a');
  script.answers(writer, 'A');
  script.answers(second, 'B');
  expect(script.cause('a')).toBe('A by reached_connection');
});

it('who writes it tells nothing where nobody is reached, though that thread answers a request itself', () => {
  const script = withTwo();
  script.awaits(first, 201, {});
  script.calls('?', first, 201);
  expect(script.cause('?')).toBe('');
});

it('a virtual thread that has read a request, and writes before it waits, writes for itself', () => {
  const script = withTwo();
  const virtual: Actor = { tid: 13, goid: 71 };
  script.asked('C', virtual, 103);
  script.awaits(virtual, 201, {});
  script.calls('c', virtual, 201);
  script.reads(selector, 'c');
  script.answers(first, 'A');
  script.answers(virtual, 'C');
  expect(script.cause('c')).toBe('C by waiting_thread');
});

it('of a virtual thread that was given a task, who waits for it may be reached from itself, and not from the result', () => {
  const script = withTwo();
  script.awaits(writer, 201, {}, task(77));
  script.awaits(writer, 201, { behind: true }, thread(12), { what: Reached.result, root: 5, distance: 0, value: 4096 });
  script.calls('b', writer, 201);
  expect(script.cause('b')).toBe('B by waiting_thread');
});

it('of a virtual thread that has made no call of its own, who waits for that one in turn counts', () => {
  const script = withTwo();
  script.awaits(writer, 201, {}, task(77));
  script.awaits(writer, 201, { behind: true }, thread(12));
  script.calls('b', writer, 201);
  script.reads(selector, 'b');
  script.answers(first, 'A');
  script.answers(second, 'B');
  expect(script.cause('b')).toBe('B by waiting_thread');
});

it("a request that was answered meanwhile is nobody's cause, nor a number that nobody has", () => {
  const script = withTwo();
  script.answers(first, 'A');
  script.awaits(writer, 201, {}, thread(999), socket(connectionA), socket(998));
  script.calls('?', writer, 201);
  expect(script.cause('?')).toBe('');
});

it('what an answer was awaited for says nothing of the next call on that connection', () => {
  const script = withTwo();
  script.awaits(writer, 201, {}, thread(12));
  script.calls('b', writer, 201);
  script.awaits(selector, 201, { reads: true }, thread(12));
  script.reads(selector, 'b');
  script.calls('?', writer, 201);
  expect(causes(script, 'b', '?')).toEqual(['B by waiting_thread', '']);
});

it('who is given tasks, and answers a request at the end of one, has not done the tasks before for that', () => {
  const script = withTwo();
  script.reaches(writer, socket(connectionA));
  script.calls('a', writer, 201);
  script.reads(writer, 'a');
  script.reaches(writer);
  script.calls('?', writer, 201);
  script.reads(writer, '?');
  script.reaches(writer, socket(connectionB));
  script.calls('b', writer, 201);
  script.reads(writer, 'b');
  script.answers(writer, 'B');
  script.answers(writer, 'A');
  expect(causes(script, 'a', '?', 'b')).toEqual(['A by reached_connection', '', 'B by reached_connection']);
});

describe('a loop that writes and reads for others', () => {
  const loop: Actor = { tid: 41, turn: 1 };
  const connection = (value: number): Place => ({ what: Reached.socket, root: 1, distance: 9, value });

  it('calls for the request whose connection is reached, not for the one that has the turn', () => {
    const script = new CauseScript();
    script.asked('A', loop, connectionA);
    script.asked('B', loop, connectionB);
    script.awaits(loop, 201, { library: true }, connection(connectionA));
    script.calls('a', loop, 201);
    expect(script.cause('a')).toBe('A by reached_connection');
  });

  it('goes by its turn where nothing is reached, until the answer tells', () => {
    const script = new CauseScript();
    script.asked('A', loop, connectionA);
    const next = { ...loop, turn: 2 };
    script.asked('B', next, connectionB);
    script.awaits(next, 201, { library: true });
    script.calls('a', next, 201);
    expect(script.cause('a')).toBe('B by loop_turn');
    script.awaits(next, 201, { reads: true, library: true }, connection(connectionA));
    script.reads(next, 'a');
    expect(script.cause('a')).toBe('A by reached_connection');
  });

  it('of several calls on a connection is known for whom by what is written, not by what is under way there', () => {
    const script = withTwo();
    script.awaits(loop, 201, { library: true }, socket(connectionA));
    script.calls('a', loop, 201);
    script.awaits(loop, 201, { library: true }, connection(connectionA));
    script.calls('?', loop, 201);
    script.awaits(loop, 201, { library: true }, socket(connectionB));
    script.calls('b', loop, 201);
    expect(causes(script, 'a', '?', 'b')).toEqual(['A by reached_connection', '', 'B by reached_connection']);
  });

  it('is no other than a thread that does so for whoever comes next', () => {
    const script = withTwo();
    script.awaits(first, 201, { library: true }, thread(12));
    script.calls('b', first, 201);
    script.awaits(first, 202, { library: true });
    script.calls('a', first, 202);
    expect(causes(script, 'b', 'a')).toEqual(['B by waiting_thread', 'A by thread']);
  });

  it('works for the thread that waits, and for none that is at nothing', () => {
    const script = withTwo();
    script.answers(first, 'A');
    script.awaits(loop, 201, { library: true }, thread(11), thread(12));
    script.calls('b', loop, 201);
    expect(script.cause('b')).toBe('B by waiting_thread');
  });

  it('says nothing of what was reached by a write that brought no request once the next one is sent', () => {
    const script = withTwo();
    script.awaits(loop, 201, { library: true }, connection(connectionA));
    script.awaits(loop, 201, { library: true });
    script.calls('?', loop, 201);
    expect(script.cause('?')).toBe('');
  });

  it('works for a thread of which nothing else is known where somebody waits for the task that it was given', () => {
    const script = withTwo();
    const result: Place = { what: Reached.result, root: 1, distance: 0, value: 4096 };
    script.awaits(loop, 201, { library: true }, thread(77));
    script.awaits(loop, 201, { library: true, behind: true }, result, { ...thread(12), root: 1 });
    script.calls('b', loop, 201);
    script.awaits(loop, 202, { library: true }, thread(78));
    script.awaits(loop, 202, { library: true, behind: true });
    script.calls('?', loop, 202);
    script.awaits(loop, 203, { library: true }); // what is under way there leads to somebody, not what is written
    script.awaits(loop, 203, { library: true, behind: true }, thread(11));
    script.calls('?2', loop, 203);
    expect(causes(script, 'b', '?', '?2')).toEqual(['B by waiting_thread', '', '']);
  });

  describe('writes a command that nobody waits for yet', () => {
    const [made, other] = [0x9000, 0x9100].map((value): Place => ({ what: Reached.made, root: 0, distance: 6, value }));
    const buffer = (actor: Actor, bufferTop: number): Actor => ({
      ...actor,
      bufferStart: 0x8000,
      bufferTop,
      bufferEnd: 0xf000,
    });

    /** Who has been asked B has made objects from 0x8800 to 0x9800 since. */
    function withMade(maker: Actor): CauseScript {
      const script = withTwo();
      script.holds(buffer(maker, 0x8800));
      script.holds(buffer(maker, 0x9800));
      return script;
    }

    it('for whom that was made', () => {
      const script = withMade(second);
      script.awaits(loop, 201, { library: true }, made);
      script.calls('b', loop, 201);
      expect(script.cause('b')).toBe('B by object');
    });

    it('but not where it writes several', () => {
      const script = withMade(second);
      script.awaits(loop, 201, { library: true }, made, other);
      script.calls('?', loop, 201);
      expect(script.cause('?')).toBe('');
    });

    it('and for whose turn it is where it has made that itself', () => {
      const script = withTwo();
      script.holds(buffer(loop, 0x8800));
      script.asked('C', loop, 103);
      script.awaits(buffer(loop, 0x9800), 201, { library: true }, made);
      script.calls('c', buffer(loop, 0x9800), 201);
      expect(script.cause('c')).toBe('C by loop_turn');
    });
  });
});
