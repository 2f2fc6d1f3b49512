import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkNamespaces } from '../../libs/testkit/src/namespaces.ts';
import { dataDir } from './data.ts';

const address = '10.78.0.1';

export interface Load {
  readonly seconds: number;
  readonly connections: number;
  /** What is asked for: an answer of 100 bytes or of 20 kB. */
  readonly path: 'small' | 'large';
}

/** The server's interface, on the host that captures: named after the other end. */
export const serverInterface = 'client';

/**
 * Two hosts as network namespaces, joined by a veth pair without offloads, so that segments have the sizes of a wire. nginx
 * runs on one, wrk on the other. Needs root.
 */
export class NginxNetwork {
  readonly #hosts = new NetworkNamespaces('server', 'client');
  readonly #nginx: ChildProcess;

  constructor(requestsPerConnection: number) {
    const work = join(dataDir(), 'nginx');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'small'), 'x'.repeat(100));
    writeFileSync(join(work, 'large'), 'x'.repeat(20_000));
    writeFileSync(join(work, 'nginx.conf'), nginxConfig(work, requestsPerConnection));
    this.#hosts.link({ between: ['server', 'client'], addresses: [`${address}/24`, '10.78.0.2/24'] });
    this.#nginx = this.onServer('nginx', '-p', work, '-c', join(work, 'nginx.conf'), '-e', 'stderr');
  }

  /** Starts a command beside nginx; its standard output is thrown away. The process has the command's own id. */
  onServer(...command: string[]): ChildProcess {
    return this.#hosts.spawn('server', command, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** The output of a command beside nginx. */
  readOnServer(...command: string[]): string {
    return this.#hosts.exec('server', ...command);
  }

  /** One thread of wrk, as fast as it can. Resolves to requests per second. */
  async load({ seconds, connections, path }: Load): Promise<number> {
    await this.#listening();
    const wrk = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, `http://${address}/${path}`];
    const child = this.#hosts.spawn('client', wrk, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout!) output += chunk;
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
    if (rate === undefined) throw new Error(`wrk said: ${output}`);
    return Number(rate);
  }

  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        this.readOnServer('curl', '-sf', '-o', '/dev/null', `http://${address}/small`);
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error('nginx does not answer');
  }

  close(): void {
    this.#nginx.kill('SIGTERM');
    this.#hosts.close();
  }
}

function nginxConfig(work: string, requestsPerConnection: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${work}/${name};`,
  );
  return `daemon off; user root; worker_processes 1; pid ${work}/pid; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; keepalive_requests ${requestsPerConnection}; ${paths.join(' ')}
  server { listen ${address}:80 backlog=4096; root ${work}; } }
`;
}
