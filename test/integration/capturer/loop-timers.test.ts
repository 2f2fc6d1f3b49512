import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { missing, titled } from '@flowloom/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EbpfSource } from '../../../services/capturer/src/adapters/ebpf/ebpf-source.ts';
import { everything } from '../../../services/capturer/src/adapters/ebpf/settings.ts';
import { SyscallKind } from '../../../services/capturer/src/core/syscalls/syscall-event.ts';
import { unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';

const reason = unseen() ?? (await missing('python3'));

/** A loop that waits without end, and has a timerfd wake it, which it sets anew at once, as Asio does: then it says `timer`. */
const program = `
import ctypes, select, socket
libc = ctypes.CDLL(None)
timer = libc.timerfd_create(1, 0o4000)
def alarm(ms): libc.timerfd_settime(timer, 0, (ctypes.c_long * 4)(0, 0, ms // 1000, ms % 1000 * 1000000), None)
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
peer = listener.accept()[0]
poll = select.epoll()
poll.register(peer, select.EPOLLIN)
poll.register(timer, select.EPOLLIN | select.EPOLLET)
alarm(60_000)
while True:
    for fd, _ in poll.poll():
        if fd == timer:
            alarm(60_000)
            peer.send(b'timer')
        else:
            what = peer.recv(100)
            if not what: raise SystemExit
            peer.send(b'read')
            if what == b'set': alarm(5)
`;

describe.skipIf(reason)(titled('timers of loops', reason), () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('are known to be due where a timerfd sets them off', async () => {
    const said: string[] = [];
    let ownPid = 0;
    const source = new EbpfSource({ ...everything, processes: ['python3'] });
    ends.push(() => source.close());
    source.open({
      event: ({ pid, kind, transport, bytes, start, end, timersDue }) => {
        if (pid === ownPid && kind === SyscallKind.write && transport === 'tcp')
          said.push(`${Buffer.from(bytes.subarray(start, end))} ${timersDue}`);
      },
      ownConnection: () => {},
      failed: (error) => {
        throw error;
      },
    });
    const child = spawn('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    ownPid = child.pid!;
    ends.push(() => child.kill('SIGKILL'));
    const [port] = await once(child.stdout, 'data');
    const peer = connect(Number(port), '127.0.0.1');
    ends.push(() => peer.destroy());
    let heard = '';
    peer.setEncoding('utf8').on('data', (text) => (heard += text));
    for (const [what, answer] of [
      ['one', 'read'],
      ['set', 'readtimer'],
      ['two', 'read'],
    ]) {
      heard = '';
      peer.write(what);
      await vi.waitFor(() => expect(heard).toBe(answer), 5000);
    }
    source.drain();
    expect(said).toEqual(['read false', 'read false', 'timer true', 'read false']);
  });
});
