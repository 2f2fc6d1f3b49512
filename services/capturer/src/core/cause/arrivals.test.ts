import { describe, expect, it } from 'vitest';
import { type Actor, CauseScript } from '../../testing/cause-script.ts';

const poller: Actor = { tid: 11 };
const server: Actor = { tid: 12 };
const worker = (number: number, goid = 0): Actor => ({ tid: 20 + number, goid });
const http2 = (stream: number) => ({ protocol: 'http2', stream });

/** A gRPC server: who polls reads requests, one thread puts each into the queue of a pool, whose workers take them. */
class PoolServer {
  readonly script = new CauseScript();
  #object = 0xe000;
  #stream = 1;

  asked(name: string, connection = 101): void {
    this.script.asked(name, poller, connection, http2((this.#stream += 2)));
  }

  /** The next request is put into the queue, and that worker takes it. */
  serves(by: number): void {
    this.script.puts(server, ++this.#object);
    this.script.gets(worker(by), this.#object);
  }

  /** The worker calls somebody. */
  calls(name: string, by: number, goid = 0): void {
    this.script.calls(name, worker(by, goid), 200 + by);
    this.script.reads(worker(by, goid), name);
  }

  /** So often one request was served alone, and answered by its worker. */
  learns(times = 6): void {
    for (let i = 0; i < times; i++) {
      this.asked(`R${i}`);
      this.serves(1);
      this.calls(`r${i}`, 1);
      this.script.answers(worker(1), `R${i}`);
    }
    this.serves(1);
  }

  causes(...names: string[]): string[] {
    return names.map((name) => this.script.cause(name));
  }
}

describe('requests of a session that one thread puts into a queue', () => {
  it('are put in in the order in which they came, whoever read and answers them, once some answers have shown it', () => {
    const server = new PoolServer();
    server.learns();
    for (const name of ['A', 'B']) server.asked(name);
    server.serves(2);
    server.serves(3);
    server.calls('b', 3);
    server.calls('a', 2);
    server.script.answers(poller, 'A');
    server.script.answers(poller, 'B');
    expect(server.causes('a', 'b')).toEqual(['A by queue', 'B by queue']);
  });

  it('are not known by their order where two sessions have some', () => {
    const server = new PoolServer();
    server.learns();
    server.asked('A', 101);
    server.asked('B', 102);
    server.serves(2);
    server.serves(3);
    server.calls('?', 2);
    server.calls('??', 3);
    for (const name of ['A', 'B']) server.script.answers(poller, name);
    expect(server.causes('?', '??')).toEqual(['', '']);
    server.asked('C');
    server.serves(2);
    server.calls('c', 2);
    server.script.answers(poller, 'C');
    expect(server.causes('c')).toEqual(['C by queue']);
  });

  it('are not those of which a worker sends the answer for another one', () => {
    const server = new PoolServer();
    server.learns();
    for (const name of ['A', 'B']) server.asked(name);
    server.serves(2);
    server.serves(3);
    server.calls('a', 2);
    server.calls('b', 3);
    server.script.answers(worker(3), 'A');
    server.script.answers(worker(3), 'B');
    expect(server.causes('a', 'b')).toEqual(['A by queue', 'B by queue']);
  });

  it('are what the worker does in a context that nobody has told of, and that locks at which others wake it change nothing', () => {
    const server = new PoolServer();
    server.learns();
    server.asked('A');
    server.serves(2);
    server.script.asked('B', { tid: 13 }, 103);
    server.script.wakes({ tid: 13 }, 22, 0xf0);
    server.calls('a', 2, 77);
    server.script.answers(poller, 'A');
    expect(server.causes('a')).toEqual(['A by queue']);
  });
});
