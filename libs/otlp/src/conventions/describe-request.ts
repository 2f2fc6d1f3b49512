import { spanKind } from '../model/span.ts';
import { describeDb } from './db.ts';
import { describeDns } from './dns.ts';
import type { Draft } from './draft.ts';
import { describeHttp } from './http.ts';
import { describeMessaging } from './messaging.ts';
import { describeNetwork } from './network.ts';
import type { RequestRow } from './request-row.ts';
import { describeRpc } from './rpc.ts';
import { attr, conventionOf } from './semconv.ts';
import { serviceName } from './service-name.ts';

/** Name, kind, attributes and status of the span that a request row gives, seen from one end of it. */
export function describeRequest(draft: Draft, row: RequestRow, view: 'client' | 'server'): void {
  draft.begin(view === 'client' ? spanKind.client : spanKind.server, row.attributes);
  const { family, system } = conventionOf(row.protocol);
  if (family === 'http') describeHttp(draft, row, view);
  else if (family === 'rpc') describeRpc(draft, row, view, system);
  else if (family === 'db') describeDb(draft, row, system);
  else if (family === 'messaging') describeMessaging(draft, row, view, system);
  else if (family === 'dns') describeDns(draft, row);
  else draft.name = [row.protocol, row.request_type, row.endpoint].filter(isNew).join(' ');
  describeNetwork(draft, row, view);
  if (view === 'client') {
    const server = serviceName(row, 'server');
    draft.set(attr.peerService, server);
    draft.set(attr.serverServiceName, server);
  } else draft.set(attr.clientServiceName, serviceName(row, 'client'));
  describeOutcome(draft, row, family === 'http' || family === 'rpc');
  draft.finish();
}

/**
 * A hop inside the network: where it went, no more. What was asked and answered stands on the spans around it, whose
 * name the caller gives it.
 */
export function describeHop(draft: Draft, row: RequestRow): void {
  draft.begin(spanKind.internal, '');
  draft.name = row.protocol;
  describeNetwork(draft, row, 'network');
}

const isNew = (word: string, i: number, words: readonly string[]): boolean => word !== '' && words.indexOf(word) === i;

/** What the family's own rules leave: no answer at all, and errors of protocols without rules of their own. */
function describeOutcome(draft: Draft, row: RequestRow, hasRules: boolean): void {
  if (row.response_status === 'timeout') draft.fail('timeout', row.response_exception);
  else if (!hasRules && (row.response_status === 'client_error' || row.response_status === 'server_error')) {
    draft.fail(row.response_code || row.response_status, row.response_exception);
  } else if (row.has_request && !row.has_response && row.response_status === 'server_error') draft.fail('no_response');
}
