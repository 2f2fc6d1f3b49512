import { type RequestRow, serviceName } from '@flowloom/otlp';
import type { Exchange } from './exchange.ts';
import { hostNames, processAt, writeHost } from './hosts.ts';
import { canBeParent } from './path.ts';
import { type Entries, Texts } from './texts.ts';
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
export function offerOpenRequest(exchange: Exchange, { keys, values }: Entries): void {
  const { last } = exchange;
  if (last.is_one_way || !last.has_request || !last.has_response || CAUSES_NOTHING.has(last.protocol)) return;
  const { start_us, end_us } = last;
  let isWritten = false;
  for (const by of hostNames) {
    for (const bucket of bucketsOf(start_us, end_us)) {
      if (!writeHost(keys, by, exchange, 'server')) break;
      keys.text(bucket).end();
      if (isWritten) values.again();
      else writeOpenRequest(exchange, values);
      isWritten = true;
    }
  }
}

function writeOpenRequest(exchange: Exchange, values: Texts): void {
  const { last } = exchange;
  exchange.writeKey(values).text(SEPARATOR);
  if (canBeParent(last)) values.id(last.idHigh, last.idLow);
  values.text(SEPARATOR).integer(last.start_us).text(SEPARATOR).integer(last.end_us);
  values.text(SEPARATOR).text(last.agent).text(SEPARATOR).integer(processAt(exchange, 'server'));
  writeCallKind(values.text(SEPARATOR).integer(last.rank).text(SEPARATOR), last).end();
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
  scratch.clear();
  writeCallKind(scratch, row).end();
  return scratch.get(0);
}

const scratch = new Texts();

function writeCallKind(into: Texts, row: RequestRow): Texts {
  into.text(serviceName(row, 'client')).text('>').text(serviceName(row, 'server'));
  return into.text(' ').text(row.protocol).text(' ').text(row.endpoint);
}
