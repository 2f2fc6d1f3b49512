import type { Exchange, Status } from '../../session/exchange.ts';
import type { CertificateNames } from './certificate.ts';
import type { Hello } from './hello.ts';
import { alertName, cipherName, versionName } from './names.ts';

const INTERNAL_ERROR = 80;
const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;

export function describeClientHello(exchange: Exchange, hello: Hello): void {
  exchange.request_type = 'ClientHello';
  exchange.version = versionName(hello.version);
  exchange.request_domain = hello.serverName;
  exchange.attribute('tls.client.server_name', hello.serverName);
  exchange.attribute('flowloom.tls.offered_protocols', hello.protocols.join(','));
}

export function describeServerHello(exchange: Exchange, hello: Hello): void {
  exchange.version = versionName(hello.version) || exchange.version;
  exchange.response_status = 'ok';
  exchange.response_result = cipherName(hello.cipher);
  exchange.attribute('tls.protocol.name', exchange.version.startsWith('SSL') ? 'ssl' : 'tls');
  exchange.attribute('tls.protocol.version', exchange.version.replace('SSL ', ''));
  exchange.attribute('tls.cipher', exchange.response_result);
  exchange.attribute('tls.next_protocol', hello.protocols[0]);
}

export function describeCertificate(exchange: Exchange, names: CertificateNames): void {
  exchange.attribute('tls.server.subject', names.subject);
  exchange.attribute('tls.server.issuer', names.issuer);
  exchange.attribute('tls.server.not_after', names.notAfter);
}

/** An alert in the clear (RFC 8446 6): whoever sends it blames the other, except for an error of its own. */
export function describeAlert(exchange: Exchange, code: number, sentByClient: boolean): void {
  if (code === CLOSE_NOTIFY || code === USER_CANCELED) return;
  exchange.response_code = String(code);
  exchange.response_exception = alertName(code);
  const blamesServer = sentByClient !== (code === INTERNAL_ERROR);
  exchange.response_status = (blamesServer ? 'server_error' : 'client_error') satisfies Status;
}
