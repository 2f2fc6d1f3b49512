import type { Stage } from '../stage.ts';

/** nginx with one server block; `listen` may add to the port: `8081 http2`. */
export function serveNginx(
  stage: Stage,
  port: number,
  listen: string,
  server: string,
  prepare?: (folder: string) => Promise<unknown>,
) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const config = `daemon off; master_process off; pid nginx.pid; error_log stderr;
events { }
http { access_log off; ${temporary.join(' ')}
server { listen ${listen}; ${server} } }
`;
  return stage.serve({
    name: `nginx-${port}`,
    command: (folder) => ['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
    files: { 'nginx.conf': config, passwords: 'admin:{PLAIN}s3cr3t-http-basic\n' },
    port,
    prepare,
  });
}
