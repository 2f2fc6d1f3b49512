import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atExit, eventually } from '@flowloom/testkit';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = `${root}cli/bin/flowloom.js`;

/** Bundles the command as a release does. */
export function build(): void {
  execFileSync(process.execPath, [`${root}scripts/build.mjs`], { cwd: root, stdio: 'ignore' });
}

export interface FlowloomOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Put before the command: another user, another network namespace. It must exec, so that signals arrive. */
  readonly by?: readonly string[];
  /** Whether it leads a process group of its own, as what a terminal starts does. */
  readonly inOwnGroup?: boolean;
}

/** The built `flowloom` command as a process of its own, which ends with this one at the latest. */
export class Flowloom {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #noKillAtExit = atExit(() => void this.#child.kill('SIGKILL'));

  constructor(args: readonly string[], { env, by = [], inOwnGroup = false }: FlowloomOptions = {}) {
    const [command, ...rest] = [...by, process.execPath, bin, ...args];
    this.#child = spawn(command, rest, { env: { ...process.env, ...env }, cwd: root, detached: inOwnGroup });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.#child.stdin?.end();
    this.#child.on('close', this.#noKillAtExit);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The exit code when it ends by itself; 128 + n after signal n, as shells have it. */
  async ended(): Promise<number> {
    const signals: Record<string, number> = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };
    if (!this.hasEnded) await once(this.#child, 'close');
    return this.#child.exitCode ?? signals[this.#child.signalCode!];
  }

  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number> {
    if (!this.hasEnded) this.#child.kill(signal);
    return this.ended();
  }

  /** What a terminal does on Ctrl-C: SIGINT to the whole process group. */
  interrupt(): Promise<number> {
    process.kill(-this.pid, 'SIGINT');
    return this.ended();
  }

  /** Resolves when the page answers 200. Rejects with all that it said when it ends before, or is not ready in time. */
  async ready(url: string): Promise<void> {
    let answer = '';
    const isReady = async () => {
      const response = await fetch(url).catch(() => undefined);
      answer = (await response?.text()) ?? '';
      return this.hasEnded || response?.ok === true;
    };
    await eventually(isReady, url).catch(() => {});
    if (this.hasEnded || !(await isReady())) throw new Error(`not ready: ${answer}\n${this.stdout}${this.stderr}`);
  }
}

/** Runs the command to its end. */
export async function flowloom(args: readonly string[], options?: FlowloomOptions) {
  const process = new Flowloom(args, options);
  return { code: await process.ended(), stdout: process.stdout, stderr: process.stderr };
}
