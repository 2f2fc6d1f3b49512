import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Host } from './host.ts';
import { syscallChecks } from './syscall-checks.ts';

const root = 0x1ff_ffff_ffffn;
const bit = (capability: number) => 1n << BigInt(capability);

/** What the kernel of a good node tells; a test changes a part of it. */
const good: Readonly<Record<string, string>> = {
  '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
  '/proc/self/status': `Name:\tnode\nCapEff:\t${root.toString(16).padStart(16, '0')}\n`,
  '/proc/self/limits': 'Limit                     Soft Limit           Hard Limit           Units\n',
  '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet\n',
  '/sys/kernel/btf/vmlinux': '',
  '/sys/bus/event_source/devices/uprobe/type': '9\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
};
const holding = (mask: bigint) => ({ '/proc/self/status': `CapEff:\t${mask.toString(16).padStart(16, '0')}\n` });

describe('what eBPF needs of a node', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** The checks that find something lacking on a node that differs from the good one; undefined removes a file. */
  function lackingOn(
    changes: Readonly<Record<string, string | undefined>>,
    tryEbpf = (): string[] => [],
    tls = false,
  ): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'flowloom-doctor-'));
    folders.push(folder);
    for (const [path, text] of Object.entries({ ...good, ...changes })) {
      if (text === undefined) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return syscallChecks(new Host(folder), tryEbpf, tls).flatMap(({ name, run }) => {
      const finding = run() as { status: string; remedy?: string };
      if (finding.status !== 'lacking') return [];
      expect(finding.remedy).toMatch(/\w{3}/);
      return [name];
    });
  }

  it('is all there on a good node', () => expect(lackingOn({})).toEqual([]));

  it('lacks SYS_ADMIN only where TLS libraries are to get probes', () => {
    const lesser = holding(root & ~bit(21));
    expect(lackingOn(lesser, () => [], true)).toEqual(['capabilities']);
    expect(lackingOn(lesser, () => [], false)).toEqual([]);
  });

  it('lacks where the kernel does not take the programs, whatever else is there', () => {
    const refuse = () => {
      throw new Error('the kernel does not accept the eBPF programs: EINVAL');
    };
    expect(lackingOn({}, refuse)).toEqual(['ebpf']);
    expect(lackingOn({}, () => ['a message is looked at in its first part alone'])).toEqual([]);
  });

  it.each([
    ['a kernel before 5.10', { '/proc/sys/kernel/osrelease': '4.19.0-26-amd64' }, ['kernel']],
    ['no type information', { '/sys/kernel/btf/vmlinux': undefined }, ['btf']],
    ['neither uprobes of perf nor tracefs', { '/sys/bus/event_source/devices/uprobe/type': undefined }, ['tracefs']],
    ['no capabilities', holding(0n), ['capabilities']],
    ['BPF and PERFMON alone', holding(bit(39) | bit(38)), ['capabilities']],
    [
      'confidentiality before Linux 6.2',
      { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]' },
      ['lockdown'],
    ],
    [
      'confidentiality by the command line, with securityfs not mounted',
      { '/sys/kernel/security/lockdown': undefined, '/proc/cmdline': 'quiet lockdown=confidentiality' },
      ['lockdown'],
    ],
    [
      'little locked memory before Linux 5.11, and no right to more',
      {
        ...holding(root & ~bit(24)),
        '/proc/sys/kernel/osrelease': '5.10.0-28-amd64',
        '/proc/self/limits': 'Max locked memory         65536                65536                bytes\n',
      },
      ['memlock'],
    ],
  ])('lacks with %s', (_, changes, names) => {
    expect(lackingOn(changes)).toEqual(names);
  });

  it.each([
    [
      'tracefs in debugfs instead of uprobes of perf',
      {
        '/sys/kernel/debug/tracing/uprobe_events': '',
        '/sys/bus/event_source/devices/uprobe/type': undefined,
      },
    ],
    ['BPF, PERFMON and SYS_PTRACE without SYS_ADMIN', holding(bit(39) | bit(38) | bit(19))],
    ['lockdown in the mode integrity', { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality' }],
    [
      'confidentiality from Linux 6.2 on',
      { '/sys/kernel/security/lockdown': '[confidentiality]', '/proc/sys/kernel/osrelease': '6.2.0' },
    ],
    [
      'unlimited locked memory before Linux 5.11',
      {
        ...holding(root & ~bit(24)),
        '/proc/sys/kernel/osrelease': '5.10.0',
        '/proc/self/limits': 'Max locked memory         unlimited            unlimited            bytes\n',
      },
    ],
  ])('is all there with %s', (_, changes) => expect(lackingOn(changes)).toEqual([]));
});
