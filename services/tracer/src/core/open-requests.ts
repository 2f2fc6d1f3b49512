import { type RequestRow, serviceName } from '@flowloom/otlp';
import type { Exchange } from './exchange.ts';
import type { Entry } from './link-store.ts';
import { canBeParent } from './observation.ts';
import { bucketsOf } from './time-buckets.ts';

/** An incoming request of a host, as long as it was open there: what outgoing requests may have been caused by. */
export interface OpenRequest {
  /** The same for all views of one exchange, also for those that more observations were added to. */
  readonly exchange: string;
  /** Names it as a parent; '' where it was not seen at a place that can be one. */
  readonly requestId: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly agent: string;
  /** Process that got it; 0 where the system calls were not seen. */
  readonly processId: number;
  /** Place on the way from client to server: of two views of one exchange the farther along knows more. */
  readonly rank: number;
  /** The same for requests of one kind: who asks whom for what. */
  readonly kind: string;
}

/** Between the fields of a member; a text that holds one makes a member that nobody reads. */
const SEPARATOR = '\0';

/** A TLS handshake is no request that something is done for. */
const CAUSES_NOTHING = new Set(['tls']);

/** Adds what the exchange can be found by: as long as it was open it may be the cause of what its host sent. */
export function offerOpenRequest(exchange: Exchange, entries: Entry[]): void {
  const { last } = exchange;
  const { row, rank } = last;
  if (row.is_one_way || !row.has_request || !row.has_response || CAUSES_NOTHING.has(row.protocol)) return;
  const process = processAt(exchange, 'server');
  const names = hostNames(row.server.vpc, row.server_ip, row.agent, process);
  if (names.length === 0) return;
  const { agent, start_us, end_us } = row;
  const requestId = canBeParent(last) ? row.request_id : '';
  const text = [exchange.key, requestId, start_us, end_us, agent, process, rank, callKind(row)].join(SEPARATOR);
  const buckets = bucketsOf(start_us, end_us);
  for (const name of names) for (const bucket of buckets) entries.push([name + bucket, text]);
}

/** Reads what `offerOpenRequest` wrote; what anyone else wrote is left out. */
export function parseOpenRequest(text: string): OpenRequest | undefined {
  const fields = text.split(SEPARATOR);
  if (fields.length !== 8) return undefined;
  const [exchange, requestId, start, end, agent, process, place, kind] = fields;
  const [startUs, endUs, processId, rank] = [start, end, process, place].map(Number);
  const areNumbers = [startUs, endUs, processId, rank].every(Number.isFinite);
  return areNumbers ? { exchange, requestId, startUs, endUs, agent, processId, rank, kind } : undefined;
}

/** Who asks whom, in which protocol, for what. */
export function callKind(row: RequestRow): string {
  return `${serviceName(row, 'client')}>${serviceName(row, 'server')} ${row.protocol} ${row.endpoint}`;
}

/** Of a server as the exchange's last observation knows it, of a client as the first: 0 where no system call was seen. */
export function processAt(exchange: Exchange, side: 'client' | 'server'): number {
  const { row } = side === 'client' ? exchange.first : exchange.last;
  return row.observation_point === (side === 'client' ? 'c-p' : 's-p') ? row.process_id : 0;
}

/** Keys of a host's open requests, to be followed by a bucket. Every host has a loopback address: there only processes count. */
export function hostNames(vpc: string, ip: string, agent: string, processId: number): string[] {
  const names: string[] = [];
  if (ip !== '' && !ip.startsWith('127.') && ip !== '::1') names.push(`o:${vpc}/${ip}|`);
  if (processId !== 0) names.push(`o:${agent}#${processId}|`);
  return names;
}
