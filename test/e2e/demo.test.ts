import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { eventually, missing, titled } from '@flowloom/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, Flowloom, flowloom } from './harness/flowloom.ts';
import { expectedAnswers, expectedHops, total } from './harness/shop-hops.ts';

const reason = await missing('root', 'ip', 'ss', 'nginx', 'redis-server', 'python3');
const REQUESTS = 40;

/** What the demo may leave: namespaces, processes of its application, temporary folders. */
function traces(): string[] {
  const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandOf);
  const folders = readdirSync(tmpdir());
  return [
    ...namespaces.filter((name) => name.startsWith('flowloom-demo')),
    ...processes.filter((command) => /cli\/demo\/|10\.77\.0\.|flowloom-demo-out-/.test(command)),
    ...folders.filter((name) => name.startsWith('flowloom-demo-')),
  ].sort();
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

describe.skipIf(reason)(titled('flowloom demo', reason), () => {
  beforeAll(() => build());

  it('counts every request of every hop, seen from both pods, beside another demo, and leaves nothing behind', async () => {
    const before = traces();
    const run = (requests: number) => flowloom(['demo', '--json', '--requests', String(requests), '--rate', '20']);
    for (const { code, stdout, stderr } of await Promise.all([run(REQUESTS), run(REQUESTS)])) {
      expect(code, stderr).toBe(0);
      const result = JSON.parse(stdout);
      expect(result.answers).toEqual(expectedAnswers(REQUESTS));
      const hops = total(expectedHops(REQUESTS));
      expect(result.requests - result.processRequests).toBe(hops);
      expect([0, hops]).toContain(result.processRequests); // by the processes at both ends, where eBPF may be used
      expect(result.traces).toBe(REQUESTS);
    }
    expect(traces()).toEqual(before);
  });

  it('leaves nothing behind after Ctrl-C in the middle', async () => {
    const before = traces();
    const demo = new Flowloom(['demo', '--json'], { inOwnGroup: true });
    await eventually(() => demo.stderr.includes('requests, '), 'the traffic');
    expect(traces().length).toBeGreaterThan(before.length);
    expect(await demo.interrupt()).toBe(130);
    await eventually(() => traces().length <= before.length, 'the end of its processes', 5000).catch(() => {});
    expect(traces()).toEqual(before);
  });
});
