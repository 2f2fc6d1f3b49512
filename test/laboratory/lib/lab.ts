import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, findCommand, freePorts, isListening, startRedis } from '@flowloom/testkit';
import { Truth } from './truth.ts';

/** What a service does for a request: stages one after another, the steps of a stage at once. */
export type Plan = readonly (readonly string[])[];

interface Service {
  readonly child: ChildProcess;
  readonly port: number;
  truth: string;
}

/** The processes of a scenario on the loopback. Each method starts one, from the last in the chain to the first, and gives its URL. */
export class Lab {
  readonly #folder = mkdtempSync(join(tmpdir(), 'flowloom-laboratory-'));
  readonly #services: Service[] = [];
  readonly #servers: { stop(): Promise<void> }[] = [];
  readonly #proxies = new Map<number, number>();

  /** A service of the laboratory, on a port that it gets as LAB_PORT. */
  async service(command: readonly string[], plan: Plan, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const [port] = await freePorts(1);
    await this.#start(command, port, { LAB_PORT: String(port), LAB_PLAN: JSON.stringify(plan), ...env });
    return `http://127.0.0.1:${port}`;
  }

  /** nginx that answers by itself: the end of a chain. */
  async leaf(): Promise<string> {
    return `${await this.#nginx('', (port) => `listen 127.0.0.1:${port} backlog=4096; return 200 "ok\\n";`)}/leaf`;
  }

  async redis(): Promise<string> {
    const server = await startRedis();
    this.#servers.push(server);
    return server.url;
  }

  /** nginx with one worker that passes requests on over kept connections. */
  async nginx(to: string, { keepAlive = true } = {}): Promise<string> {
    const { host } = new URL(to);
    const upstream = `upstream next { server ${host}; ${keepAlive ? 'keepalive 64; keepalive_requests 1000000;' : ''} }`;
    const connection = keepAlive ? 'proxy_http_version 1.1; proxy_set_header Connection "";' : '';
    const server = (port: number) =>
      `listen 127.0.0.1:${port} backlog=4096; location / { proxy_pass http://next; ${connection} }`;
    const url = await this.#nginx(upstream, server);
    this.#proxies.set(Number(new URL(url).port), Number(new URL(to).port));
    return url;
  }

  async #nginx(upstream: string, server: (port: number) => string): Promise<string> {
    const [port] = await freePorts(1);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${port}-${name};`,
    );
    const text = `daemon off; worker_processes 1; pid ${port}.pid; error_log stderr;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; ${temporary.join(' ')}
${upstream}
server { ${server(port)} } }
`;
    await this.#start(
      [findCommand('nginx')!, '-p', this.#folder, '-e', 'stderr', '-c', this.#file(`${port}.conf`, text)],
      port,
    );
    return `http://127.0.0.1:${port}`;
  }

  async haproxy(to: string, { threads = 1 } = {}): Promise<string> {
    const [port] = await freePorts(1);
    const text = `global
  nbthread ${threads}
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port} backlog 4096
  default_backend next
backend next
  http-reuse always
  server next ${new URL(to).host}
`;
    await this.#start([findCommand('haproxy')!, '-db', '-f', this.#file(`${port}.cfg`, text)], port);
    this.#proxies.set(port, Number(new URL(to).port));
    return `http://127.0.0.1:${port}`;
  }

  #file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  async #start([command, ...args]: readonly string[], port: number, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const service: Service = { child, port, truth: '' };
    this.#services.push(service);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (service.truth += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-2000)));
    child.once('error', (error) => (said += error.message));
    const gone = () => child.exitCode !== null || child.pid === undefined;
    await eventually(async () => gone() || (await isListening(port)), command).catch(() => {});
    if (gone() || !(await isListening(port))) throw new Error(`${command} did not start: ${said}`);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    for (const { child } of this.#services) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await closed;
      clearTimeout(timer);
    }
    for (const server of this.#servers) await server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the services wrote: whole after \`stop\`. */
  truth(): Truth {
    const truth = new Truth(this.#proxies);
    for (const { truth: text, port } of this.#services) truth.addLog(text, port);
    return truth;
  }
}
