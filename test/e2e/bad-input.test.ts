import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowLog } from '@flowloom/records';
import { missing, titled } from '@flowloom/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, flowloom } from './harness/flowloom.ts';
import { cutWithin, udpCapture } from './harness/udp-capture.ts';

beforeAll(() => build());

describe('a capture file that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-e2e-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function replay(name: string, content?: Buffer) {
    const file = join(folder, name);
    if (content) writeFileSync(file, content);
    const { code, stdout, stderr } = await flowloom(['replay', file, '--json', '--out', join(folder, 'out')]);
    expect(stderr).toBe('');
    return { code, ...(JSON.parse(stdout) as { packets: number; error: string | null }) };
  }

  it('that is not there: exit code 1, and it says so', async () => {
    expect(await replay('none.pcap')).toMatchObject({
      code: 1,
      packets: 0,
      error: expect.stringMatching(/no such file/i),
    });
  });

  it('that is no capture: exit code 1, and it says so', async () => {
    const text = Buffer.from('Neither the magic number of pcap nor a section header block.');
    const error = 'not a pcap or pcapng file (at byte 0)';
    expect(await replay('text.pcap', text)).toMatchObject({ code: 1, packets: 0, error });
  });

  it('that is cut: exit code 1, and every whole packet counts', async () => {
    const cut = udpCapture(10).subarray(0, cutWithin(7));
    expect(await replay('cut.pcap', cut)).toMatchObject({
      code: 1,
      packets: 7,
      error: expect.stringContaining('cut short'),
    });
    const [row, ...more] = readFileSync(join(folder, 'out', 'flow-logs.ndjson'), 'utf8')
      .trim()
      .split('\n');
    expect(more).toEqual([]);
    expect(JSON.parse(row) as FlowLog).toMatchObject({ client_ip: '10.0.0.1', packets_tx: 7, bytes_tx: 7 * 60 });
  });

  it('and others beside it: those are written all the same', async () => {
    writeFileSync(join(folder, 'good.pcap'), udpCapture(10));
    const files = ['none.pcap', 'good.pcap'].map((name) => join(folder, name));
    const { code, stdout } = await flowloom(['replay', '--each', '--json', ...files, '--out', join(folder, 'each')]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(lines.map(({ packets }) => packets)).toEqual([0, 10]);
  });
});

describe('a call that is wrong', () => {
  const one = (pattern: RegExp) => expect.stringMatching(new RegExp(`^${pattern.source}\n$`));

  it.each([
    [
      'an unknown option',
      ['replay', 'x.pcap', '--out', 'out', '--eech'],
      {},
      /error: unknown option '--eech'\n\(Did you mean --each\?\)/,
    ],
    [
      'an unknown setting',
      ['tagger'],
      { FLOWLOOM_TAGER_GROUP_ID: 'x' },
      /flowloom: FLOWLOOM_TAGER_GROUP_ID: unknown setting, did you mean FLOWLOOM_TAGGER_GROUP_ID\?/,
    ],
    [
      'a bad value',
      ['run'],
      { FLOWLOOM_HTTP_PORT: 'x' },
      /flowloom: FLOWLOOM_HTTP_PORT: expected integer, 0 to 65535, got "x"/,
    ],
  ])('%s ends with exit code 2 and names what was meant', async (_, args, env, message) => {
    expect(await flowloom(args, { env })).toEqual({ code: 2, stdout: '', stderr: one(message) });
  });
});

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const reason = (await missing('root', 'setpriv')) ?? unreadable();

describe.skipIf(reason)(titled('a capture that is not possible', reason), () => {
  const env = { FLOWLOOM_HTTP_PORT: '0', FLOWLOOM_LOG_LEVEL: 'error' };

  it('without the right to it: one line and exit code 1', async () => {
    const stderr = 'flowloom: capturing packets needs root or the capability CAP_NET_RAW\n';
    expect(await flowloom(['run'], { env, by: asNobody })).toEqual({ code: 1, stdout: '', stderr });
  });

  it('from an interface that is not there: one line with those that are, and exit code 1', async () => {
    const stderr = expect.stringMatching(/^flowloom: no such network interface: nosuch0 \(there are lo\b.*\)\n$/);
    expect(await flowloom(['run', '--interface', 'nosuch0'], { env })).toEqual({ code: 1, stdout: '', stderr });
  });
});

/** Why another user cannot run the command here: a checkout in the home of root. */
function unreadable(): string | undefined {
  try {
    execFileSync(asNobody[0], [...asNobody.slice(1), process.execPath, '--version'], { stdio: 'ignore' });
    execFileSync(asNobody[0], [...asNobody.slice(1), 'test', '-r', import.meta.filename], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'the checkout is not readable for others';
  }
}
