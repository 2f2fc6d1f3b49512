import type { Draft } from './draft.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr } from './semconv.ts';

/** Addresses, transport and protocol: what every span has whatever its family. */
export function describeNetwork(draft: Draft, row: RequestRow, view: View): void {
  describeServer(draft, row);
  draft.put(attr.clientAddress, row.client_ip);
  draft.put(attr.clientPort, row.client_port);
  draft.put(attr.networkPeerAddress, view === 'server' ? row.client_ip : row.server_ip);
  draft.put(attr.networkPeerPort, view === 'server' ? row.client_port : row.server_port);
  draft.put(attr.networkTransport, row.transport);
  if (row.client_ip) draft.set(attr.networkType, row.client_ip.includes(':') ? 'ipv6' : 'ipv4');
  if (!row.protocol.startsWith('http')) draft.put(attr.networkProtocolName, row.protocol);
  draft.put(attr.networkProtocolVersion, row.version);
  draft.put(attr.processPid, row.process_id);
  draft.put(attr.processExecutableName, row.process);
  draft.put(attr.threadId, row.thread_id);
  draft.put(attr.containerId, row.container_id);
}

/** Protocols whose requests say which host the client means: HTTP by Host or :authority, TLS by server_name. */
const withAuthority = new Set(['http', 'http2', 'http3', 'grpc', 'websocket', 'tls', 'quic']);

/** Puts the name and the port that the client used where the protocol says so, else the address. */
function describeServer(draft: Draft, row: RequestRow): void {
  const { request_domain: domain, server_port } = row;
  if (domain === '' || !withAuthority.has(row.protocol)) {
    draft.put(attr.serverAddress, row.server_ip);
    draft.put(attr.serverPort, server_port);
    return;
  }
  const colon = domain.lastIndexOf(':');
  const port = colon > domain.lastIndexOf(']') ? portOf(domain, colon + 1) : 0;
  const host = port > 0 ? domain.slice(0, colon) : domain;
  draft.put(attr.serverAddress, host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host);
  draft.put(attr.serverPort, port || server_port);
}

/** The number that the text ends with; 0 where it is no port. */
function portOf(text: string, from: number): number {
  const port = Number(text.slice(from));
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 0;
}
