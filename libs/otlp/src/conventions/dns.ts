import type { Draft } from './draft.ts';
import type { RequestRow } from './request-row.ts';
import { attr } from './semconv.ts';

/** DNS has attributes in the conventions but no span: the name is the type of the question, the question an attribute. */
export function describeDns(draft: Draft, row: RequestRow): void {
  draft.name = `${row.protocol.toUpperCase()} ${row.request_type}`.trimEnd();
  draft.put(attr.dnsQuestionName, row.request_resource || row.request_domain);
  if (row.response_result) draft.set(attr.dnsAnswers, row.response_result.split(/[,;]\s*/));
  if (row.response_status === 'client_error' || row.response_status === 'server_error') {
    draft.fail(row.response_exception || row.response_code);
  }
}
