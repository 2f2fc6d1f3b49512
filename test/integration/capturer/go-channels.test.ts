import { type ChildProcess, spawn } from 'node:child_process';
import { eventually, missing, titled } from '@flowloom/testkit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';
import { goProgram } from './go-program.ts';

const reason =
  unseen() ?? (process.arch === 'x64' ? await missing('go') : 'channels of Go programs are seen on amd64 alone');

describe.skipIf(reason)(titled('channels of Go programs', reason), () => {
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

  it('are not watched where that would slow the program down, and it is said', async () => {
    watch = new SyscallWatch({ processes: ['go-channels'] });
    expect(watch.source.counters().unwatched).toMatchObject({ go_channels: 0 });
    child = spawn(program, { stdio: 'ignore' });
    await eventually(() => watch?.source.counters().unwatched.go_channels === 1, 'the probes to be taken out');
  });
});
