import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { atExit } from './at-exit.ts';

/** Names of these tests' namespaces begin with this and the process id, so that a later run finds what a crash left. */
const prefix = 'fltest-';

export interface Link {
  /** Two namespaces. */
  readonly between: readonly [string, string];
  /** Their addresses with prefix length: `10.9.0.1/24`. */
  readonly addresses: readonly [string, string];
}

/**
 * Hosts as network namespaces, joined by veth pairs whose ends are named after the other side. Needs root and iproute2.
 * `close` removes them; so does the end of the process, and the next `NetworkNamespaces` of any process after a crash.
 */
export class NetworkNamespaces {
  readonly #names = new Map<string, string>();
  readonly #noCloseAtExit = atExit(() => this.close());

  constructor(...hosts: string[]) {
    removeLeftovers();
    for (const host of hosts) {
      const name = `${prefix}${process.pid}-${host}`;
      ip('netns', 'add', name);
      this.#names.set(host, name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  /** Name of the host's namespace for `ip netns`. */
  nameOf(host: string): string {
    const name = this.#names.get(host);
    if (!name) throw new Error(`no namespace ${host}`);
    return name;
  }

  /** Joins two hosts; offloads are off, so that segments have the sizes of the wire. */
  link({ between: [a, b], addresses: [addressA, addressB] }: Link): void {
    const [nameA, nameB] = [this.nameOf(a), this.nameOf(b)];
    ip('-n', nameA, 'link', 'add', b, 'type', 'veth', 'peer', 'name', a, 'netns', nameB);
    for (const [name, device, address] of [
      [nameA, b, addressA],
      [nameB, a, addressB],
    ]) {
      ip('-n', name, 'addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : []));
      ip('-n', name, 'link', 'set', device, 'up');
      this.run(name, 'ethtool', '-K', device, 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off', 'rx', 'off');
    }
  }

  /** Starts a command on a host. The caller ends it. */
  spawn(host: string, command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.nameOf(host), ...command], options);
  }

  /** The output of a command on a host. */
  exec(host: string, ...command: string[]): string {
    return this.run(this.nameOf(host), ...command);
  }

  private run(name: string, ...command: string[]): string {
    return ip('netns', 'exec', name, ...command);
  }

  close(): void {
    this.#noCloseAtExit();
    for (const name of this.#names.values()) ip('netns', 'del', name);
    this.#names.clear();
  }
}

/** Removes the namespaces of processes that are gone. */
function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name] = line.split(' ');
    const pid = /^fltest-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) ip('netns', 'del', name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
