import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';

/** A broker that clients reach by TLS and a login alone. */
export interface KafkaSecurity {
  readonly certificates: Certificates;
  readonly username: string;
  readonly password: string;
}

/** Settings of a broker whose clients log in by PLAIN or SCRAM over TLS; it talks to itself in the clear, at `innerPort`. */
export function securityProperties(
  { certificates, username, password }: KafkaSecurity,
  address: string,
  innerPort: number,
  controllerPort: number,
  folder: string,
): Record<string, string> {
  const store = join(folder, 'server.pem');
  writeFileSync(store, certificates.key + certificates.certificate);
  const login = 'org.apache.kafka.common.security';
  const inner = `INNER://127.0.0.1:${innerPort}`;
  return {
    listeners: `CLIENTS://${address},${inner},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://${address},${inner}`,
    'listener.security.protocol.map': 'CLIENTS:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INNER',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': store,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.clients.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_${username}="${password}";`,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
  };
}

/** Has the store know the user, for SCRAM. */
export function scramOption({ username, password }: KafkaSecurity): string[] {
  return ['--add-scram', `SCRAM-SHA-512=[name=${username},password=${password}]`];
}
