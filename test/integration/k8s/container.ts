import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from '@flowloom/testkit';
import type { OciImage } from './oci-image.ts';

export interface ContainerOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the image's own. */
  readonly uid?: number;
  /** Names without CAP_; all others are dropped. */
  readonly capabilities?: readonly string[];
  /** Folders of this machine by their place in the container. */
  readonly mounts?: Readonly<Record<string, { readonly source: string; readonly readOnly: boolean }>>;
  readonly memoryBytes?: number;
  /** Whether it sees the processes of this machine under their own ids. */
  readonly hostPid?: boolean;
}

let count = 0;

/**
 * A container by runc, as a node's runtime would start it from a pod's spec: read-only root, no new privileges, these
 * capabilities alone, on the host's network (where the test's servers are). It ends with this process at the latest.
 */
export class Container {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #name = `flowloom-test-${process.pid}-${++count}`;
  readonly #forget = atExit(() => this.#remove());

  constructor(image: OciImage, folder: string, options: ContainerOptions) {
    const bundle = mkdtempSync(join(folder, 'bundle-'));
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(specOf(image, options)));
    this.#child = spawn('runc', ['run', '--bundle', bundle, this.#name], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => (this.stderr += text));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The exit code of its process. */
  async ended(): Promise<number> {
    if (!this.hasEnded) await once(this.#child, 'close');
    this.#forget();
    this.#remove();
    return this.#child.exitCode ?? 128;
  }

  /** runc passes the signal on. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    if (!this.hasEnded) this.#child.kill(signal);
    return this.ended();
  }

  #remove(): void {
    try {
      execFileSync('runc', ['delete', '--force', this.#name], { stdio: 'ignore' });
    } catch {
      // It is gone already.
    }
  }
}

/** A writable folder for the user of a container, as an emptyDir is. */
export function emptyDir(folder: string): string {
  const path = mkdtempSync(join(folder, 'empty-'));
  execFileSync('chmod', ['777', path]);
  return path;
}

/** A folder with these files, as a Secret or ConfigMap is mounted. */
export function filesDir(folder: string, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(folder, 'files-'));
  execFileSync('chmod', ['755', path]);
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** The configuration of the OCI runtime specification. */
function specOf(image: OciImage, options: ContainerOptions): object {
  const { args, env = {}, uid = image.uid, capabilities = [], mounts = {}, memoryBytes, hostPid = false } = options;
  const held = capabilities.map((name) => `CAP_${name}`);
  return {
    ociVersion: '1.0.2',
    process: {
      user: { uid, gid: uid },
      args: [...image.entrypoint, ...args],
      env: [...image.env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      cwd: '/',
      noNewPrivileges: true,
      capabilities: { bounding: held, effective: uid === 0 ? held : [], permitted: uid === 0 ? held : [] },
    },
    root: { path: image.rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind', 'ro'] },
      ...Object.entries(mounts).map(([destination, { source, readOnly }]) => ({
        destination,
        type: 'bind',
        source,
        options: ['bind', readOnly ? 'ro' : 'rw'],
      })),
    ],
    linux: {
      namespaces: ['mount', 'ipc', 'uts', ...(hostPid ? [] : ['pid'])].map((type) => ({ type })),
      ...(memoryBytes && { resources: { memory: { limit: memoryBytes } } }),
    },
  };
}
