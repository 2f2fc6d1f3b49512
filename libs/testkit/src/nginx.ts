import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand } from './needs.ts';
import { freePorts, isListening } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

export interface NginxServer extends TestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
}

export interface NginxOptions {
  /** What stands inside `server { }`; default: a short text for every path. */
  readonly server?: string;
  readonly workers?: number;
}

const hello = 'location / { default_type text/plain; return 200 "hello\\n"; }';

/** nginx in the foreground, with nothing but one server block. */
export async function startNginx({ server = hello, workers = 1 }: NginxOptions = {}): Promise<NginxServer> {
  const [port] = await freePorts(1);
  const folder = serverFolder('nginx');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes ${workers}; pid nginx.pid; error_log stderr;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; ${temporary.join(' ')}
server { listen 127.0.0.1:${port} backlog=4096; ${server} } }
`,
  );
  const command = [findCommand('nginx') ?? 'nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  const process = await startServer({ name: 'nginx', command, folder, ready: () => isListening(port) });
  return { ...process, port, url: `http://127.0.0.1:${port}` };
}
