/** Paths of files in PEM. */
export interface TlsFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** Certificate and key in one. */
  readonly both: string;
}

export interface ProxyOptions {
  /** Connections to the next one are kept (default), or made for each request. */
  readonly keepAlive?: boolean;
  /** It ends TLS. */
  readonly tls?: TlsFiles;
  /** HTTP/2 on both sides, or towards its clients alone; prior knowledge. */
  readonly http2?: boolean | 'front';
  /** Of haproxy. */
  readonly threads?: number;
  /** Of haproxy: it gives the header X-Lab-Id another name, so that nothing of a request is the same on both sides. */
  readonly renames?: boolean;
}

/** nginx with one worker and one server block. */
export function nginxConfig(port: number, server: string, upstream = '', listen = ''): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${port}-${name};`,
  );
  return `daemon off; worker_processes 1; pid ${port}.pid; error_log stderr;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; ${temporary.join(' ')}
${upstream}
server { listen 127.0.0.1:${port} backlog=4096 ${listen}; ${server} } }
`;
}

/** nginx with one worker that passes requests on; with HTTP/2 as gRPC's proxy. */
export function nginxProxy(port: number, to: URL, { keepAlive = true, tls, http2 }: ProxyOptions): string {
  const kept = keepAlive ? 'keepalive 64; keepalive_requests 1000000;' : '';
  const upstream = `upstream next { server ${to.host}; ${kept} }`;
  const isGrpc = http2 === true;
  const pass = isGrpc ? 'grpc_pass grpc://next;' : `proxy_pass ${to.protocol}//next;`;
  const connection = keepAlive && !isGrpc ? 'proxy_http_version 1.1; proxy_set_header Connection "";' : '';
  const files = tls ? `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};` : '';
  const listen = `${tls ? 'ssl ' : ''}${http2 ? 'http2' : ''}`;
  return nginxConfig(port, `${files} location / { ${pass} ${connection} }`, upstream, listen);
}

export function haproxyConfig(port: number, to: URL, { threads = 1, tls, http2, renames }: ProxyOptions): string {
  const secure = tls ? ` ssl crt ${tls.both}` : '';
  const bind = http2 ? `${secure} ${tls ? 'alpn' : 'proto'} h2` : secure;
  const server = `${to.protocol === 'https:' ? ' ssl verify none' : ''}${http2 === true ? ' proto h2' : ''}`;
  const rename = 'http-request set-header X-Renamed %[req.hdr(X-Lab-Id)]\n  http-request del-header X-Lab-Id';
  return `global
  nbthread ${threads}
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port} backlog 4096${bind}
  ${renames ? rename : ''}
  default_backend next
backend next
  http-reuse always
  server next ${to.host}${server}
`;
}
