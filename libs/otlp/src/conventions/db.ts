import type { Draft } from './draft.ts';
import type { RequestRow } from './request-row.ts';
import { attr } from './semconv.ts';

/**
 * Database spans. Name: the summary of the query where the parser gives one, else the operation and what it works on;
 * for Redis the command alone. The query text arrives with its literals masked.
 */
export function describeDb(draft: Draft, row: RequestRow, system: string): void {
  draft.set(attr.dbSystemName, system);
  draft.put(attr.dbNamespace, row.request_domain);
  draft.put(attr.dbOperationName, row.request_type);
  draft.put(attr.dbQueryText, row.request_resource);
  draft.put(attr.dbResponseReturnedRows, row.rows_affected);
  const collection = draft.given(attr.dbCollectionName);
  const target = typeof collection === 'string' ? collection : system === 'redis' ? '' : row.request_domain;
  if (row.endpoint && row.endpoint !== row.request_type) {
    if (draft.given(attr.dbQuerySummary) === undefined) draft.set(attr.dbQuerySummary, row.endpoint);
    draft.name = row.endpoint;
  } else draft.name = [row.request_type, target].filter(Boolean).join(' ') || system;
  if (row.response_status === 'client_error' || row.response_status === 'server_error') {
    draft.put(attr.dbResponseStatusCode, row.response_code);
    draft.fail(row.response_code, row.response_exception);
  }
}
