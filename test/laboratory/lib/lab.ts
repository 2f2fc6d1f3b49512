import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificates, eventually, findCommand, freePorts, isListening } from '@flowloom/testkit';
import { haproxyConfig, nginxConfig, nginxProxy, type ProxyOptions, type TlsFiles } from './proxies.ts';
import { type Server, servers } from './servers.ts';
import { Truth } from './truth.ts';

/** What a service does for a request: stages one after another, the steps of a stage at once. */
export type Plan = readonly (readonly string[])[];

/** `readonly tls`: it ends TLS. */
type LabProxyOptions = Omit<ProxyOptions, 'tls'> & { readonly tls?: boolean };

interface Service {
  readonly child: ChildProcess;
  /** Where its requests come to. */
  readonly at: string;
  truth: string;
}

/** The processes of a scenario on the loopback. Each method starts one, from the last in the chain to the first, and gives its URL. */
export class Lab {
  readonly #folder = mkdtempSync(join(tmpdir(), 'flowloom-laboratory-'));
  readonly #services: Service[] = [];
  readonly #servers: Server[] = [];
  readonly #proxies = new Map<number, number>();
  /** Made when it is first asked for: of the loopback, by an authority that the laboratory's services trust. */
  #tls: TlsFiles | undefined;

  /** A service of the laboratory, on a port that it gets as LAB_PORT. */
  async service(command: readonly string[], plan: Plan, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const [port] = await freePorts(1);
    await this.#start(command, port, this.#environment(port, plan, env));
    return `http://127.0.0.1:${port}`;
  }

  /** The same behind TLS. */
  async tlsService(command: readonly string[], plan: Plan, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { certificate, key } = this.tls;
    const url = await this.service(command, plan, { LAB_CERTIFICATE: certificate, LAB_KEY: key, ...env });
    return url.replace('http:', 'https:');
  }

  /** A service that takes the messages of a broker's queue. */
  async consumer(command: readonly string[], plan: Plan, broker: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const [port] = await freePorts(1);
    const all = { ...this.#environment(port, plan, env), LAB_QUEUE: broker };
    await this.#start(command, port, all, `${new URL(broker).port}/push`);
  }

  #environment(port: number, plan: Plan, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const trust = this.#tls && { LAB_CA: this.#tls.ca, SSL_CERT_FILE: this.#tls.ca, NODE_EXTRA_CA_CERTS: this.#tls.ca };
    return { LAB_PORT: String(port), LAB_PLAN: JSON.stringify(plan), ...trust, ...env };
  }

  get tls(): TlsFiles {
    if (this.#tls === undefined) {
      const { ca, certificate, key } = createCertificates();
      this.#tls = {
        ca: this.#file('ca.pem', ca),
        certificate: this.#file('certificate.pem', certificate),
        key: this.#file('key.pem', key),
        both: this.#file('both.pem', certificate + key),
      };
    }
    return this.#tls;
  }

  /** nginx that answers by itself: the end of a chain. `failing`: of a hundred requests so many are answered 503. */
  async leaf({ failing = 0, tls = false } = {}): Promise<string> {
    const [port] = await freePorts(1);
    const fails = `split_clients $request_id $fails { ${failing}% 1; * ""; }`;
    const files = tls ? `ssl_certificate ${this.tls.certificate}; ssl_certificate_key ${this.tls.key};` : '';
    const answer = failing ? 'if ($fails) { return 503; } return 200 "ok\\n";' : 'return 200 "ok\\n";';
    const config = nginxConfig(port, `${files} ${answer}`, failing ? fails : '', tls ? 'ssl' : '');
    await this.#startNginx(port, config);
    return `${tls ? 'https' : 'http'}://127.0.0.1:${port}/leaf`;
  }

  async #startNginx(port: number, config: string): Promise<void> {
    const flags = ['-p', this.#folder, '-e', 'stderr', '-c', this.#file(`${port}.conf`, config)];
    await this.#start([findCommand('nginx')!, ...flags], port);
  }

  redis = (): Promise<string> => this.#serve('redis');
  postgresql = (): Promise<string> => this.#serve('postgresql');
  mariadb = (): Promise<string> => this.#serve('mariadb');
  rabbitmq = (): Promise<string> => this.#serve('rabbitmq');

  async #serve(name: keyof typeof servers): Promise<string> {
    const server = await servers[name]();
    this.#servers.push(server);
    return server.url;
  }

  /** nginx with one worker that passes requests on. */
  async nginx(to: string, options: LabProxyOptions = {}): Promise<string> {
    return this.#proxy(to, options, (port, url, all) => this.#startNginx(port, nginxProxy(port, url, all)));
  }

  async haproxy(to: string, options: LabProxyOptions = {}): Promise<string> {
    return this.#proxy(to, options, (port, url, all) => {
      const file = this.#file(`${port}.cfg`, haproxyConfig(port, url, all));
      return this.#start([findCommand('haproxy')!, '-db', '-f', file], port);
    });
  }

  async #proxy(
    to: string,
    { tls, ...options }: LabProxyOptions,
    start: (port: number, to: URL, options: ProxyOptions) => Promise<void>,
  ): Promise<string> {
    const [port] = await freePorts(1);
    const url = new URL(to);
    await start(port, url, { ...options, ...(tls && { tls: this.tls }) });
    this.#proxies.set(port, Number(url.port));
    return `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  #file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  async #start(
    [command, ...args]: readonly string[],
    port: number,
    env: NodeJS.ProcessEnv = {},
    at = String(port),
  ): Promise<void> {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const service: Service = { child, at, truth: '' };
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
    for (const { truth: text, at } of this.#services) truth.addLog(text, at);
    return truth;
  }
}
