import { type ChildProcess, spawn } from 'node:child_process';
import { eventually, freePorts, isListening, missing, titled } from '@flowloom/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';
import { goProgram } from './go-program.ts';

const reason =
  unseen() ?? (process.arch === 'x64' ? await missing('go') : 'channels of Go programs are seen on amd64 alone');

describe.skipIf(reason)(titled('goroutines that pass on work', reason), () => {
  let program: string;
  let child: ChildProcess | undefined;
  let watch: SyscallWatch | undefined;

  beforeAll(async () => {
    program = await goProgram('go-channels');
  }, 180_000);
  afterEach(async () => {
    child?.kill('SIGKILL');
    await watch?.close();
  });

  it.each(['received', 'selected', 'started'])(
    'is known by the first time when that is %s, also by one that has waited since before anybody watched',
    async (kind) => {
      const [port] = await freePorts(1);
      child = spawn(program, [`127.0.0.1:${port}`], { stdio: 'ignore' });
      await eventually(() => isListening(port), 'the server');
      watch = new SyscallWatch({ processes: ['go-channels'] });
      await watch.source.fitted;
      expect((await fetch(`http://127.0.0.1:${port}/${kind}`)).status).toBe(200);
      const resources = ['/leaf', ''].map((before) => `${before}/${kind}`);
      const rows = await watch.until(3, ({ request_resource }) => resources.includes(request_resource ?? ''));
      const [call] = rows.filter(({ observation_point }) => observation_point === 'c-p');
      const cause = rows.find(({ request_id }) => request_id === call.parent_request_id);
      expect(cause?.request_resource).toBe(`/${kind}`);
    },
  );

  it('are not watched where that would slow the program down, and it is said', async () => {
    watch = new SyscallWatch({ processes: ['go-channels'] });
    expect(watch.source.counters().unwatched).toMatchObject({ go_channels: 0 });
    child = spawn(program, { stdio: 'ignore' });
    await eventually(() => watch?.source.counters().unwatched.go_channels === 1, 'the probes to be taken out');
  });
});
