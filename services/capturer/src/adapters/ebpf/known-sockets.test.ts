import { expect, test } from 'vitest';
import { SyscallEvent } from '../../core/syscalls/syscall-event.ts';
import { KnownSockets } from './known-sockets.ts';

function eventOf(socket: number): SyscallEvent {
  const event = new SyscallEvent();
  event.socket = socket;
  return event;
}

function told(socket: number, process: string, localPort: number): SyscallEvent {
  const event = eventOf(socket);
  event.process = process;
  event.localPort = localPort;
  event.remotePort = 443;
  event.localAddress.set([0, 0, 0xffff, 0x0a00_0001]);
  event.remoteAddress.set([0x2001_0db8, 0, 0, 1]);
  return event;
}

test('an event that comes without what was told before has it', () => {
  const sockets = new KnownSockets();
  sockets.remember(told(7, 'nginx', 80));
  sockets.remember(told(8, 'redis-server', 6379));
  const event = eventOf(7);
  event.peerSocket = 5; // of the event before
  expect(sockets.describe(event)).toBe(true);
  expect(event).toEqual(told(7, 'nginx', 80));
});

test('what is told again replaces what was told', () => {
  const sockets = new KnownSockets();
  sockets.remember(told(7, 'sh', 80));
  sockets.remember(told(7, 'nginx', 81));
  const event = eventOf(7);
  sockets.describe(event);
  expect(event).toEqual(told(7, 'nginx', 81));
});

test('a closed socket, or one of which nothing was told, is not known', () => {
  const sockets = new KnownSockets();
  sockets.remember(told(7, 'nginx', 80));
  sockets.forget(7);
  expect(sockets.describe(eventOf(7))).toBe(false);
  expect(sockets.describe(eventOf(9))).toBe(false);
});

test('beyond its bound what was told longest ago is forgotten', () => {
  const sockets = new KnownSockets();
  const event = told(1, 'nginx', 80);
  for (event.socket = 1; event.socket <= 131_072; event.socket++) sockets.remember(event);
  event.socket = 1;
  sockets.remember(event); // again
  event.socket = 131_073;
  sockets.remember(event);
  expect(sockets.describe(eventOf(1))).toBe(true);
  expect(sockets.describe(eventOf(2))).toBe(false);
  expect(sockets.describe(eventOf(3))).toBe(true);
});
