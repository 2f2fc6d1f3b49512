import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts: an authority of its own, and a server on 127.0.0.1 whose certificate it signed. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
  /** Of a client whom the same authority knows. */
  readonly client: { readonly certificate: string; readonly key: string };
}

/** Made by openssl, valid for a day. */
export function createCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-certificates-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    const newKey = ['-newkey', 'rsa:2048', '-nodes'];
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '1',
      '-subj',
      '/CN=test-authority',
    );
    openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
    writeFileSync(join(folder, 'names'), 'subjectAltName = IP:127.0.0.1, DNS:localhost\n');
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl('x509', '-req', '-in', 'server.csr', ...authority, '-out', 'server.crt', '-days', '1', '-extfile', 'names');
    openssl('req', ...newKey, '-keyout', 'client.key', '-out', 'client.csr', '-subj', '/CN=flowloom');
    openssl('x509', '-req', '-in', 'client.csr', ...authority, '-out', 'client.crt', '-days', '1');
    const client = { certificate: text('client.crt'), key: text('client.key') };
    return { ca: text('ca.crt'), certificate: text('server.crt'), key: text('server.key'), client };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
