import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.ts';

export interface ServerOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether it serves; asked until it says so. */
  ready(): Promise<boolean>;
  /** Where it runs and keeps its files; default: a new temporary folder. It is removed by `stop` and `kill`. */
  readonly folder?: string;
  readonly startTimeoutMs?: number;
}

/** A real server for tests, as its own process with a folder of its own. It ends with this process at the latest. */
export interface TestServer {
  /** An orderly end, for which it has two seconds; resolves when it is gone, and its folder. */
  stop(): Promise<void>;
  /** As a crash would. */
  kill(): Promise<void>;
  /** What it has written so far. */
  log(): string;
  readonly pid: number;
}

/** Some wait long for clients that are gone. */
const STOP_TIMEOUT_MS = 2_000;

/** A temporary folder for a server's files. */
export function serverFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `flowloom-${name}-`));
}

/** Resolves when it serves. Rejects with the end of its log when it ends or takes too long. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const { name, command, ready, startTimeoutMs = 60_000 } = options;
  const folder = options.folder ?? serverFolder(name);
  const logFile = join(folder, 'server.log');
  const output = openSync(logFile, 'w');
  const env = { ...process.env, ...options.env };
  const child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: ['ignore', output, output] });
  const log = () => readFileSync(logFile, 'utf8');
  closeSync(output);
  const noKillAtExit = atExit(() => void child.kill('SIGKILL'));

  const end = async (signal: NodeJS.Signals) => {
    noKillAtExit();
    if (isRunning(child)) {
      const ended = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const fail = async (reason: string) => {
    await end('SIGKILL');
    throw new Error(`${name} did not start: ${reason}`);
  };
  await once(child, 'spawn').catch((error: Error) => fail(error.message));
  const deadline = Date.now() + startTimeoutMs;
  while (!(await ready().catch(() => false))) {
    if (!isRunning(child) || Date.now() > deadline) await fail(log().slice(-2000));
    await sleep(50);
  }
  return { stop: () => end('SIGTERM'), kill: () => end('SIGKILL'), log, pid: child.pid! };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
