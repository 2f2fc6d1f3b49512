import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Capability, holdsCapability } from '@flowloom/capturer/probe';

/** Files in which the kernel tells about itself. */
export class Host {
  readonly #root: string;

  /** `root` stands before every path; a test has a folder of its own there. */
  constructor(root = '/') {
    this.#root = root;
  }

  path(path: string): string {
    return join(this.#root, path);
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** Without the last newline; empty where the file is not there or must not be read. */
  read(path: string): string {
    try {
      return readFileSync(this.path(path), 'utf8').trimEnd();
    } catch {
      return '';
    }
  }

  /** Major and minor version of the running kernel: 5.10 is 5010. */
  get kernelVersion(): number {
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(this.kernelRelease) ?? [];
    return Number(major ?? 0) * 1000 + Number(minor ?? 0);
  }

  get kernelRelease(): string {
    return this.read('/proc/sys/kernel/osrelease');
  }

  /** Whether this process has a capability (linux/capability.h) in effect. */
  holds(capability: Capability): boolean {
    return holdsCapability(this.read('/proc/self/status'), capability);
  }
}
