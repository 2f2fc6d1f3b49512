import { type ExecFileOptions, execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  eventually,
  NetworkNamespaces,
  prepareServer,
  type ServerSetup,
  serverFolder,
  startServer,
} from '@flowloom/testkit';

export interface ServeOptions extends ServerSetup {
  readonly transport?: 'tcp' | 'udp';
}

export interface ClientOptions {
  /** Its standard input. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** It is part of the plan that it ends with an error. */
  readonly mayFail?: boolean;
}

/** Two hosts, as network namespaces joined by a wire: real servers run on one, real clients on the other. */
export class Stage {
  readonly serverAddress = '10.44.0.1';
  readonly clientAddress = '10.44.0.2';
  /** The client's end of the wire. */
  readonly interface = 'server';
  readonly #folder = serverFolder('clients');
  readonly #network = new NetworkNamespaces('server', 'client');
  readonly #stops: (() => Promise<void>)[] = [];

  constructor() {
    const addresses = [`${this.serverAddress}/24`, `${this.clientAddress}/24`] as const;
    this.#network.link({ between: ['server', 'client'], addresses });
  }

  /** Put before a command, it runs on that host. */
  on(host: 'server' | 'client'): string[] {
    return ['ip', 'netns', 'exec', this.#network.nameOf(host)];
  }

  /** Starts a server; resolves, to its log so far, when it listens. It ends with the stage. */
  async serve(options: ServeOptions): Promise<() => string> {
    const { name, port, transport = 'tcp', env } = options;
    const { folder, command } = await prepareServer(options);
    const whole = [...this.on('server'), ...command];
    const ready = async () => this.#isListening(port, transport);
    const server = await startServer({ name, command: whole, folder, env, ready }).catch((error) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    this.#stops.push(server.kill);
    return server.log;
  }

  #isListening(port: number, transport: 'tcp' | 'udp'): boolean {
    const flags = transport === 'tcp' ? '-Hltn' : '-Hlun';
    return this.#network.exec('server', 'ss', flags, `sport = :${port}`).trim() !== '';
  }

  /** The path of a file for clients. */
  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a client to its end; resolves to what it printed. */
  run(command: readonly string[], options: ClientOptions = {}): Promise<string> {
    return this.#run('client', command, options);
  }

  /** Runs a command on the server's host, for what no client does: tools that set a server up. */
  manage(command: readonly string[], options: ClientOptions = {}): Promise<string> {
    return this.#run('server', command, options);
  }

  #run(host: 'server' | 'client', command: readonly string[], options: ClientOptions): Promise<string> {
    const [file, ...args] = [...this.on(host), ...command];
    return runCommand(file, args, options);
  }

  /** Until a page answers on that host, for two minutes at most. */
  async answers(host: 'server' | 'client', url: string): Promise<void> {
    const retry = ['--retry', '120', '--retry-delay', '1', '--retry-max-time', '120', '--retry-all-errors'];
    await this.#run(host, ['curl', '-sSf', '-o', '/dev/null', ...retry, url], {});
  }

  /** Until nothing of an exchange is on its way any more: sockets of the client's host are closed. */
  async settled(): Promise<void> {
    const open = () => this.#network.exec('client', 'ss', '-Htn', 'state', 'connected', 'exclude', 'time-wait').trim();
    await eventually(() => open() === '', 'the end of the connections', 5_000).catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
    for (const pid of [...this.#pids('server'), ...this.#pids('client')]) end(pid);
    this.#network.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Helpers that servers left behind: epmd of Erlang goes to the background. */
  #pids(host: 'server' | 'client'): number[] {
    return this.#network
      .exec(host, 'ip', 'netns', 'pids', this.#network.nameOf(host))
      .split('\n')
      .filter(Boolean)
      .map(Number);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself, as the command that listed it has.
  }
}

function runCommand(file: string, args: string[], { input, env, mayFail }: ClientOptions): Promise<string> {
  const options: ExecFileOptions = { env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 1 << 26 };
  return new Promise((done, fail) => {
    const child = execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && !mayFail) fail(new Error(`${args.slice(3).join(' ')}: ${error.message}\n${stdout}${stderr}`));
      else done(stdout + (mayFail ? stderr : ''));
    });
    // One that ends without reading is judged by its exit code.
    child.stdin?.on('error', () => {}).end(input ?? '');
  });
}
