import { execFileSync } from 'node:child_process';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import { serveNginx } from './nginx.ts';

const host = 'shop.example';

const hello = (version: string, more: ExpectedRequest = {}): ExpectedRequest => ({
  protocol: 'tls',
  version,
  request_type: 'ClientHello',
  request_domain: host,
  response_status: 'ok',
  ...more,
});

/** What goes encrypted is no request: a handshake is one. */
export const tls: Scenario = {
  name: 'tls',
  about: 'nginx 1.22 with OpenSSL 3.0; curl 7.88 and openssl s_client',
  needs: ['root', 'ip', 'nginx', 'curl', 'openssl'],
  ports: [443],
  secrets: [],
  serve: async (stage) => {
    const server = `ssl_certificate certificate; ssl_certificate_key key; ssl_protocols TLSv1.2 TLSv1.3;
  location / { default_type text/plain; return 200 "a book\\n"; }`;
    const flags = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '30',
      '-subj',
      `/CN=${host}`,
    ];
    await serveNginx(stage, 443, '443 ssl http2', server, async (folder) =>
      execFileSync('openssl', ['req', '-x509', ...flags, '-keyout', 'key', '-out', 'certificate'], {
        cwd: folder,
        stdio: 'ignore',
      }),
    );
  },
  drive: async (stage) => {
    const curl = (...flags: string[]) =>
      stage.run([
        'curl',
        '-sSk',
        '-o',
        '/dev/null',
        '--resolve',
        `${host}:443:${stage.serverAddress}`,
        ...flags,
        `https://${host}/`,
      ]);
    const openssl = (...flags: string[]) =>
      stage.run(['openssl', 's_client', '-connect', `${stage.serverAddress}:443`, '-servername', host, ...flags], {
        input: '',
        mayFail: true,
      });
    await curl('--http2');
    await curl('--http1.1', '--tls-max', '1.2');
    await openssl('-tls1_3', '-ciphersuites', 'TLS_AES_128_GCM_SHA256', '-alpn', 'http/1.1');
    await openssl('-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0');
    return [
      hello('1.3', { response_result: 'TLS_AES_256_GCM_SHA384' }),
      hello('1.2', { response_result: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' }),
      hello('1.3', { response_result: 'TLS_AES_128_GCM_SHA256' }),
      hello('1.1', { response_code: '70', response_status: 'client_error' }),
    ];
  },
};
