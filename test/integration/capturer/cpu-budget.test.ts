import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { eventually, freePorts, missing, startNginx, titled } from '@flowloom/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';

const reason = unseen() ?? (await missing('nginx', 'wrk'));
const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

describe.skipIf(reason)(titled('a capturer on a node without CPU to spare', reason), () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = (command: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    return child;
  };

  it('sees requests for a part of the time, counts what it does not see, and says so in log and health', async () => {
    const nginx = await startNginx();
    const [port] = await freePorts(1);
    const run = start(process.execPath, [main, 'run', '--interface', 'lo'], {
      FLOWLOOM_HTTP_PORT: String(port),
      FLOWLOOM_CAPTURER_CPU_BUDGET: '0.05',
      FLOWLOOM_CAPTURER_CPU_BURST_MS: '100',
      FLOWLOOM_CAPTURER_SHORT_NICE: '0', // beside so many others it would be starved
      FLOWLOOM_CAPTURER_EBPF_PORTS: String(nginx.port),
    });
    let log = '';
    run.stderr!.on('data', (text) => (log += text));
    const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    const metric = async (name: string) =>
      Number(new RegExp(`^flowloom_capturer_${name}(?:\\{.*\\})? (\\S+)`, 'm').exec(await page('/metrics'))?.[1]);
    await eventually(
      () =>
        page('/readyz').then(
          (text) => text.includes('"ok"'),
          () => false,
        ),
      'the start',
      60_000,
    );
    // As many as there are processors: whatever this machine is, nothing is idle.
    for (let i = 0; i < os.cpus().length; i++) start(process.execPath, ['-e', 'for (;;);']);
    start('wrk', ['-t1', '-c20', '-d60s', nginx.url]);
    await eventually(async () => (await metric('syscalls_shed_seconds_total')) > 1, 'shedding', 30_000);
    expect(await metric('seen_share')).toBeLessThan(0.9);
    expect(await page('/readyz')).toMatch(/"degraded".*requests are seen \d+ % of the time/);
    expect(log).toMatch(/requests are seen \d+ % of the time from now on.*FLOWLOOM_CAPTURER_CPU_BUDGET/);
    // Flows go on.
    const packets = await metric('packets_total');
    await eventually(async () => (await metric('packets_total')) > packets + 100, 'more packets', 10_000);
    await eventually(async () => (await metric('packets_shed_total')) > 100, 'packets not looked at', 10_000);
    run.kill('SIGTERM');
    expect((await once(run, 'exit'))[0]).toBe(0);
    await nginx.stop();
  });
});
