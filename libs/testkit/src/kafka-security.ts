import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';

/** A broker that clients reach by TLS alone. */
export interface KafkaSecurity {
  readonly certificates: Certificates;
  /** They have to log in, by PLAIN or SCRAM. */
  readonly login?: { readonly username: string; readonly password: string };
  /** They have to show a certificate. */
  readonly clientCertificate?: boolean;
}

/** Settings of such a broker; it talks to itself in the clear, at `innerPort`. */
export function securityProperties(
  { certificates, login, clientCertificate = false }: KafkaSecurity,
  address: string,
  innerPort: number,
  controllerPort: number,
  folder: string,
): Record<string, string> {
  const store = join(folder, 'server.pem');
  writeFileSync(store, certificates.key + certificates.certificate);
  const trusted = join(folder, 'ca.pem');
  writeFileSync(trusted, certificates.ca);
  const inner = `INNER://127.0.0.1:${innerPort}`;
  return {
    listeners: `CLIENTS://${address},${inner},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://${address},${inner}`,
    'listener.security.protocol.map': `CLIENTS:${login ? 'SASL_SSL' : 'SSL'},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'INNER',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': store,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': trusted,
    'listener.name.clients.ssl.client.auth': clientCertificate ? 'required' : 'none',
    ...(login && loginProperties(login)),
  };
}

function loginProperties({ username, password }: { username: string; password: string }): Record<string, string> {
  const login = 'org.apache.kafka.common.security';
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.clients.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_${username}="${password}";`,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
  };
}

/** Has the store know the user, for SCRAM. */
export function scramOption({ login }: KafkaSecurity): string[] {
  if (!login) return [];
  const { username, password } = login;
  return ['--add-scram', `SCRAM-SHA-512=[name=${username},password=${password}]`];
}
