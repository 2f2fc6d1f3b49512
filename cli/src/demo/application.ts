import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DemoHost, DemoNetwork } from './network.ts';

const run = promisify(execFile);

/** Where the application's own files lie, seen from the bundle in dist/ and from this source alike. */
export const applicationDir = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../cli/demo/' : '../../demo/', import.meta.url),
);

const NAMESPACES = 'flowloom-demo';
const START_MS = 15_000;

interface Service extends DemoHost {
  readonly command: readonly string[];
  readonly port: number;
}

/** A service listens on a port, its customers on none. */
export type DemoPod = DemoHost & { readonly port?: number };

const file = (name: string) => join(applicationDir, name);
const services: readonly Service[] = [
  {
    name: 'cache',
    address: '10.77.0.15',
    mac: '02:00:0a:4d:00:0f',
    port: 6379,
    command: ['redis-server', '--bind', '10.77.0.15', '--save', '', '--protected-mode', 'no'],
  },
  {
    name: 'pricing',
    address: '10.77.0.13',
    mac: '02:00:0a:4d:00:0d',
    port: 8080,
    command: ['python3', file('pricing.py')],
  },
  {
    name: 'cart',
    address: '10.77.0.14',
    mac: '02:00:0a:4d:00:0e',
    port: 8080,
    command: [process.execPath, file('cart.mjs')],
  },
  {
    name: 'shop',
    address: '10.77.0.12',
    mac: '02:00:0a:4d:00:0c',
    port: 8080,
    command: [process.execPath, file('shop.mjs')],
  },
  {
    name: 'edge',
    address: '10.77.0.11',
    mac: '02:00:0a:4d:00:0b',
    port: 80,
    command: ['nginx', '-p', '.', '-c', file('nginx.conf'), '-e', 'stderr'],
  },
];
const client: DemoHost = { name: 'client', address: '10.77.0.10', mac: '02:00:0a:4d:00:0a' };

/** Who runs in the demo, and where. */
export const demoPods: readonly DemoPod[] = [...services, client];

/** The demo's book shop, running in namespaces of its own: see cli/demo/README.md. */
export class DemoApplication {
  readonly #network = new DemoNetwork(NAMESPACES, demoPods);
  readonly #processes: ChildProcess[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), 'flowloom-demo-'));

  /** Namespace whose interfaces see every packet between the services. */
  readonly node = this.#network.node;
  /** The interfaces there: one for each pod, named after it. */
  readonly interfaces: readonly string[] = demoPods.map(({ name }) => name);

  /** The namespaces of the services and of their customers. */
  readonly namespaces: readonly string[] = demoPods.map(({ name }) => this.#network.namespaceOf(name));

  /** Resolves when every service listens. Rejects with the name of the one that does not. */
  async start(): Promise<void> {
    this.#network.up();
    for (const service of services) {
      const cwd = join(this.#dir, service.name);
      mkdirSync(cwd);
      this.spawn(this.#network.namespaceOf(service.name), service.command, { cwd }).stdout?.resume();
    }
    await Promise.all(services.map((service) => this.#listening(service)));
  }

  /** Starts a command in a namespace; it ends with the application. */
  spawn(
    namespace: string,
    command: readonly string[],
    options: { cwd?: string; stderr?: 'inherit'; env?: NodeJS.ProcessEnv } = {},
  ): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], {
      cwd: options.cwd ?? this.#dir,
      stdio: ['ignore', 'pipe', options.stderr ?? 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...options.env },
      // A process group of its own, so that the workers of nginx end with it.
      detached: true,
    });
    child.stderr?.resume();
    this.#processes.push(child);
    return child;
  }

  /** Sends requests through the edge at a steady rate; resolves to how many answers came of each status. */
  async traffic(requests: number, perSecond: number): Promise<Record<string, number>> {
    const command = [process.execPath, file('client.mjs'), String(requests), String(perSecond)];
    const child = this.spawn(this.#network.namespaceOf('client'), command);
    const [said, [code]] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
    if (code !== 0) throw new Error(`the customers ended with exit code ${code}`);
    return JSON.parse(said);
  }

  /** Ends every process and removes every trace of the application. Safe to call twice. */
  stop(): void {
    for (const { pid } of this.#processes) killGroup(pid);
    this.#network.down();
    // A process that is being killed may still write.
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async #listening({ name, port }: Service): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const namespace = this.#network.namespaceOf(name);
      const { stdout } = await run('ip', ['netns', 'exec', namespace, 'ss', '-Hltn', `sport = :${port}`]);
      if (stdout.trim()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${name} does not listen on port ${port} after ${START_MS / 1000} s`);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
