import { expect, it } from 'vitest';
import { SocketState } from './socket-state.ts';
import { SyscallEvent, SyscallKind } from './syscall-event.ts';
import { UnixNumbers } from './unix-numbers.ts';

/** Two ends of connections on one host, and the numbers that what is written and read has. */
class Host {
  readonly #sockets = new Map<number, SocketState>();
  readonly #numbers: UnixNumbers;

  constructor(agent = 'here') {
    this.#numbers = new UnixNumbers(agent, (inode) => this.#sockets.get(inode)?.unix);
  }

  writes = (socket: number, peer: number, bytes: number) => this.#number(SyscallKind.write, socket, peer, bytes);
  reads = (socket: number, peer: number, bytes: number) => this.#number(SyscallKind.read, socket, peer, bytes);

  #number(kind: SyscallKind, socket: number, peer: number, lengthBytes: number): number | undefined {
    const fields = { kind, socket, peerSocket: peer, lengthBytes, transport: 'unix' } as const;
    const event = Object.assign(new SyscallEvent(), fields);
    const state = this.#sockets.get(socket) ?? new SocketState(event);
    this.#sockets.set(socket, state);
    return this.#numbers.of(state, event);
  }
}

const [client, server] = [1001, 1002];

it('both ends give a byte the same number, also where the request is written before it is accepted', () => {
  const host = new Host();
  const first = host.writes(client, 0, 100);
  expect(host.reads(server, client, 60)).toBe(first);
  expect(host.reads(server, client, 40)).toBe((first! + 60) >>> 0);
  const answer = host.writes(server, client, 500);
  expect(host.reads(client, server, 500)).toBe(answer);
  expect(host.writes(client, server, 100)).toBe((first! + 100) >>> 0);
  expect(host.reads(server, client, 100)).toBe((first! + 100) >>> 0);
});

it('a read that is told before its write has the number of that', () => {
  const host = new Host();
  const read = host.reads(server, client, 100);
  expect(host.writes(client, server, 100)).toBe(read);
});

it('what was written before anybody looked counts at both ends', () => {
  const host = new Host();
  const before = host.reads(server, client, 70);
  const written = host.writes(client, server, 100);
  expect(written).toBe((before! + 70) >>> 0);
  expect(host.reads(server, client, 100)).toBe(written);
});

it('an answer that is read when its sender has closed is that of whom was asked; of a stranger nothing is said', () => {
  const host = new Host();
  host.writes(client, server, 100);
  const answer = host.writes(server, client, 500);
  expect(host.reads(client, 0, 500)).toBe(answer);
  expect(host.reads(2001, 0, 500)).toBeUndefined();
});

it('connections, directions and hosts have numbers of their own', () => {
  const numbers = [1001, 1002, 1003].flatMap((socket) =>
    ['here', 'there'].map((agent) => new Host(agent).writes(socket, 1, 10)),
  );
  expect(new Set(numbers).size).toBe(numbers.length);
});
