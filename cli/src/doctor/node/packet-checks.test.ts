import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Host } from './host.ts';
import { packetChecks } from './packet-checks.ts';

describe('what packets need of a node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-doctor-'));
  mkdirSync(join(folder, 'sys/class/net/eth0'), { recursive: true });
  mkdirSync(join(folder, 'proc/self'), { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  afterAll(() => rmSync(folder, { recursive: true }));

  const settings = { interfaces: ['any'], nice: -10, spillFolder: join(folder, 'spill'), spillBytes: 1 };
  function check(name: string, capabilities: bigint, changes: object = {}, openRing = () => {}) {
    writeFileSync(join(folder, 'proc/self/status'), `CapEff:\t${capabilities.toString(16)}\n`);
    const checks = packetChecks(new Host(folder), { ...settings, ...changes }, openRing);
    return checks.find((each) => each.name === name)!.run();
  }
  const refuse = () => {
    throw new Error('socket: EPERM');
  };
  const netRaw = 1n << 13n;
  const sysNice = 1n << 23n;

  it('asks for CAP_NET_RAW where a ring is refused without it, else for what may be in its way', () => {
    expect(check('packets', 0n)).toMatchObject({ status: 'ok' });
    expect(check('packets', 0n, {}, refuse)).toMatchObject({
      status: 'lacking',
      remedy: expect.stringMatching(/CAP_NET_RAW/),
    });
    expect(check('packets', netRaw, {}, refuse)).toMatchObject({
      status: 'lacking',
      remedy: expect.stringMatching(/seccomp/),
    });
  });

  it('says how loopback is captured where eBPF is not off', () => {
    const host = new Host(folder);
    const said = (openLoopback?: () => void) => {
      const [{ run }] = packetChecks(host, settings, () => {}, openLoopback);
      return run();
    };
    expect(said()).toMatchObject({ status: 'ok', detail: expect.not.stringMatching(/loopback/) });
    expect(said(() => {})).toMatchObject({ status: 'ok', detail: expect.stringMatching(/loopback by eBPF/) });
    expect(said(refuse)).toMatchObject({ status: 'ok', detail: expect.stringMatching(/CAP_NET_ADMIN.*EPERM/) });
  });

  it('names interfaces that are not there', () => {
    expect(check('interfaces', 0n, { interfaces: ['eth0', 'any'] })).toMatchObject({ status: 'ok' });
    expect(check('interfaces', 0n, { interfaces: ['eth0', 'ovn0'] })).toMatchObject({
      status: 'lacking',
      detail: 'not there: ovn0',
    });
  });

  it('asks for CAP_SYS_NICE only where the nice value needs it', () => {
    expect(check('priority', sysNice)).toMatchObject({ status: 'ok' });
    expect(check('priority', netRaw)).toMatchObject({
      status: 'lacking',
      remedy: expect.stringMatching(/CAP_SYS_NICE/),
    });
    expect(check('priority', netRaw, { nice: 0 })).toMatchObject({ status: 'skipped' });
  });

  it('wants room on disk for what waits', () => {
    expect(check('spill', 0n)).toMatchObject({ status: 'ok' });
    expect(check('spill', 0n, { spillBytes: 0 })).toMatchObject({ status: 'skipped' });
    expect(check('spill', 0n, { spillBytes: 2 ** 60 })).toMatchObject({
      status: 'lacking',
      detail: expect.stringMatching(/MiB free/),
    });
    expect(check('spill', 0n, { spillFolder: join(folder, 'file/below') })).toMatchObject({ status: 'lacking' });
  });
});
