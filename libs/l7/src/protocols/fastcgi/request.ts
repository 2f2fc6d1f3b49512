import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import type { Http1Shared } from '../http1/shared.ts';

const own = new Set(
  'REQUEST_METHOD REQUEST_URI SCRIPT_NAME QUERY_STRING HTTP_HOST SERVER_NAME SERVER_PROTOCOL HTTP_USER_AGENT'.split(
    ' ',
  ),
);

/** `HTTP_X_REQUEST_ID` is the header `x-request-id` (RFC 3875 4.1.18); '' for what is no header. */
const headerOf = (name: string): string =>
  name.startsWith('HTTP_') ? name.slice(5).toLowerCase().replaceAll('_', '-') : '';

/** What the parameters of a request say (RFC 3875 4.1), until all of them have come. */
export class CgiRequest {
  readonly #values = new Map<string, string>();
  readonly #shared: Http1Shared;
  readonly #options: L7Options;

  constructor(shared: Http1Shared, options: L7Options) {
    this.#shared = shared;
    this.#options = options;
  }

  readonly wants = (name: string): boolean => own.has(name) || this.#shared.wanted.has(headerOf(name));

  readonly set = (name: string, value: string): void => {
    if (!this.#values.has(name)) this.#values.set(name, value);
  };

  /** Writes it into the record. */
  describe(exchange: Exchange): void {
    const value = (name: string): string => this.#values.get(name) ?? '';
    exchange.request_type = value('REQUEST_METHOD');
    exchange.request_domain = value('HTTP_HOST') || value('SERVER_NAME');
    exchange.version = value('SERVER_PROTOCOL').replace(/^HTTP\//, '');
    const query = value('QUERY_STRING');
    const uri = value('REQUEST_URI') || value('SCRIPT_NAME') + (query === '' ? '' : `?${query}`);
    if (uri !== '') {
      const target = this.#shared.targets.get(uri, exchange.request_type);
      exchange.request_resource = target.resource;
      exchange.endpoint = target.endpoint;
    }
    exchange.attribute('user_agent.original', value('HTTP_USER_AGENT'));
    for (const [name, text] of this.#values) {
      const header = headerOf(name);
      if (header === '') continue;
      readTraceHeader(exchange, header, text, this.#options);
      if (this.#options.privacy.headers.has(header)) exchange.attribute(`http.request.header.${header}`, text);
    }
  }
}
