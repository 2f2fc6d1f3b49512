import { type Draft, fail, put } from './draft.ts';
import type { RequestRow } from './request-row.ts';
import { attr } from './semconv.ts';

/**
 * Database spans. Name: the summary of the query where the parser gives one, else the operation and what it works on;
 * for Redis the command alone. The query text arrives with its literals masked.
 */
export function describeDb(draft: Draft, row: RequestRow, system: string): void {
  const { attributes } = draft;
  attributes[attr.dbSystemName] = system;
  put(draft, attr.dbNamespace, row.request_domain);
  put(draft, attr.dbOperationName, row.request_type);
  put(draft, attr.dbQueryText, row.request_resource);
  put(draft, attr.dbResponseReturnedRows, row.rows_affected);
  const collection = attributes[attr.dbCollectionName];
  const target = typeof collection === 'string' ? collection : system === 'redis' ? '' : row.request_domain;
  if (row.endpoint && row.endpoint !== row.request_type) {
    attributes[attr.dbQuerySummary] ??= row.endpoint;
    draft.name = row.endpoint;
  } else draft.name = [row.request_type, target].filter(Boolean).join(' ') || system;
  if (row.response_status === 'client_error' || row.response_status === 'server_error') {
    put(draft, attr.dbResponseStatusCode, row.response_code);
    fail(draft, row.response_code, row.response_exception);
  }
}
