import type { Draft } from './draft.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr, httpMethods } from './semconv.ts';

/**
 * HTTP spans. Name: `{method} {endpoint}`, never the raw path. 5xx is an error for both, 4xx for the client alone.
 * url.template holds the folded path: http.route may only come from the server's framework.
 */
export function describeHttp(draft: Draft, row: RequestRow, view: View): void {
  const method = httpMethods.has(row.request_type) ? row.request_type : '_OTHER';
  const template = row.endpoint.startsWith(`${row.request_type} `)
    ? row.endpoint.slice(row.request_type.length + 1)
    : row.endpoint;
  const name = method === '_OTHER' ? 'HTTP' : method;
  draft.name = template ? `${name} ${template}` : name;
  draft.set(attr.httpRequestMethod, method);
  if (method === '_OTHER') draft.put(attr.httpRequestMethodOriginal, row.request_type);
  draft.put(attr.urlTemplate, template);
  const scheme = row.is_tls ? 'https' : 'http';
  if (view === 'server') describeServerUrl(draft, scheme, row.request_resource);
  else if (row.has_request) {
    const authority = row.request_domain || `${hostInUrl(row.server_ip)}:${row.server_port}`;
    draft.set(attr.urlFull, `${scheme}://${authority}${row.request_resource}`);
  }
  draft.put(attr.httpRequestSize, row.request_bytes);
  draft.put(attr.httpResponseSize, row.response_bytes);
  const code = Number(row.response_code);
  if (!(code > 0)) return;
  draft.set(attr.httpResponseStatusCode, code);
  if (code >= 500 || (code >= 400 && view === 'client')) draft.fail(row.response_code);
}

function describeServerUrl(draft: Draft, scheme: string, resource: string): void {
  const query = resource.indexOf('?');
  draft.set(attr.urlScheme, scheme);
  draft.put(attr.urlPath, query < 0 ? resource : resource.slice(0, query));
  if (query >= 0) draft.put(attr.urlQuery, resource.slice(query + 1));
}

const hostInUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);
