import { type Draft, put } from './draft.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr } from './semconv.ts';

/** Addresses, transport and protocol: what every span has whatever its family. */
export function describeNetwork(draft: Draft, row: RequestRow, view: View): void {
  const [host, port] = serverOf(row);
  put(draft, attr.serverAddress, host);
  put(draft, attr.serverPort, port);
  put(draft, attr.clientAddress, row.client_ip);
  put(draft, attr.clientPort, row.client_port);
  put(draft, attr.networkPeerAddress, view === 'server' ? row.client_ip : row.server_ip);
  put(draft, attr.networkPeerPort, view === 'server' ? row.client_port : row.server_port);
  put(draft, attr.networkTransport, row.transport);
  if (row.client_ip) draft.attributes[attr.networkType] = row.client_ip.includes(':') ? 'ipv6' : 'ipv4';
  if (!row.protocol.startsWith('http')) put(draft, attr.networkProtocolName, row.protocol);
  put(draft, attr.networkProtocolVersion, row.version);
  put(draft, attr.processPid, row.process_id);
  put(draft, attr.processExecutableName, row.process);
  put(draft, attr.threadId, row.thread_id);
}

/** Protocols whose requests say which host the client means: HTTP by Host or :authority, TLS by server_name. */
const withAuthority = new Set(['http', 'http2', 'http3', 'grpc', 'websocket', 'tls', 'quic']);

/** Name and port that the client used where the protocol says so, else the address. */
function serverOf(row: RequestRow): [string, number] {
  if (!withAuthority.has(row.protocol) || row.request_domain === '') return [row.server_ip, row.server_port];
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(row.request_domain);
  if (match === null) return [row.request_domain, row.server_port];
  const [, host, port] = match;
  return [host.startsWith('[') ? host.slice(1, -1) : host, port ? Number(port) : row.server_port];
}
