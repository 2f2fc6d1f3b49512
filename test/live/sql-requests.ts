import type { ExpectedRequest } from './scenario.ts';

/** What a test expects of the requests of an SQL client that speaks `protocol` to that database. */
export interface SqlRequests {
  readonly login: ExpectedRequest;
  /** A statement that succeeds; `rows`: null where the server does not tell how many. */
  query(request_resource: string, endpoint: string, rows: number | null, more?: ExpectedRequest): ExpectedRequest;
}

export function sqlRequests(protocol: string, request_domain: string): SqlRequests {
  return {
    login: { protocol, request_type: 'LOGIN', request_domain, response_status: 'ok' },
    query: (request_resource, endpoint, rows, more = {}) => ({
      protocol,
      request_type: endpoint.split(' ')[0],
      request_domain,
      request_resource,
      endpoint,
      response_code: null,
      response_status: 'ok',
      rows_affected: rows,
      ...more,
    }),
  };
}

/** The client is at fault. */
export const failed = (response_code: string): ExpectedRequest => ({ response_code, response_status: 'client_error' });
