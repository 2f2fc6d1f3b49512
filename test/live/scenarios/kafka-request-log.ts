import type { ExpectedRequest } from '../scenario.ts';

/** What a broker of Kafka 4 writes at level DEBUG of `kafka.request.logger`, as far as it is read here. */
interface CompletedRequest {
  readonly requestHeader: {
    readonly requestApiKeyName: string;
    readonly requestApiVersion: number;
    readonly correlationId: number;
  };
  readonly request: object;
  readonly response: object;
  /** `server:port-client:port-...` */
  readonly connection: string;
}

const MARK = 'Completed request:';

/** The requests that came in at a port, by the broker's own record. */
export function requestsOf(log: string, port: number): ExpectedRequest[] {
  const isOurs = (line: string) =>
    line.includes(MARK) && /"connection":"([^"]*)"/.exec(line)?.[1].includes(`:${port}-`);
  const lines = log.split('\n').filter(isOurs);
  const all = lines.map((line): CompletedRequest => JSON.parse(line.slice(line.indexOf(MARK) + MARK.length)));
  const topics = topicsById(all);
  return all.map((each) => ({ ...expectation(each), ...expectedTopic(each, topics) }));
}

/** Names of topics by their ids, of all that the broker answered. */
function topicsById(all: readonly CompletedRequest[]): Map<unknown, unknown> {
  const lists = all.flatMap(({ response }) => valuesOf(response, 'topics')).filter(Array.isArray);
  return new Map(lists.flat().map(({ name, topicId }) => [topicId, name]));
}

/** The topic that is written to or read; a fetch that goes on with what was asked before names none. */
function expectedTopic({ requestHeader, request }: CompletedRequest, topics: Map<unknown, unknown>): ExpectedRequest {
  if (!/^(PRODUCE|FETCH)$/.test(requestHeader.requestApiKeyName)) return {};
  const [first] = [...valuesOf(request, 'topicData'), ...valuesOf(request, 'topics')].flat() as Record<
    string,
    string
  >[];
  return { request_resource: first ? String(first.name ?? first.topic ?? topics.get(first.topicId)) : null };
}

function expectation({ requestHeader, request, response, connection }: CompletedRequest): ExpectedRequest {
  const { requestApiKeyName, requestApiVersion, correlationId } = requestHeader;
  const type = camel(requestApiKeyName);
  const error = valuesOf(response, 'errorCode').find((code) => code !== 0) ?? 0;
  const isSilent = valuesOf(request, 'acks').includes(0);
  if (type === 'ApiVersions') return ofLogin(type);
  return {
    protocol: 'kafka',
    client_port: Number(/-.*?:(\d+)/.exec(connection)![1]),
    request_type: type,
    version: String(requestApiVersion),
    protocol_request_id: String(correlationId),
    ...(isSilent && { is_one_way: true }),
    ...(error === 0 ? { response_status: 'ok' } : { response_code: String(error) }),
  };
}

/** The class that sees what comes before a login has succeeded, and says no more of it than its kind. */
export const authenticator = 'org.apache.kafka.common.security.authenticator.SaslServerAuthenticator';

/** What belongs to logins: SaslAuthenticate follows each SaslHandshake. */
export function loginsOf(log: string): ExpectedRequest[] {
  const kinds = [...log.matchAll(/Handling Kafka request ([A-Z_]+) during authentication/g)].map(([, kind]) =>
    camel(kind),
  );
  return kinds.flatMap((kind) =>
    kind === 'SaslHandshake' ? [ofLogin(kind), ofLogin('SaslAuthenticate')] : [ofLogin(kind)],
  );
}

const ofLogin = (request_type: string): ExpectedRequest => ({ protocol: 'kafka', request_type });

/** Whether a row is of a kind that the broker's record of requests lacks, in part or whole. */
export function isOfLogin({ request_type }: ExpectedRequest): boolean {
  return ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'].includes(request_type ?? '');
}

/** `FIND_COORDINATOR` -> `FindCoordinator` */
function camel(name: string): string {
  return name.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase());
}

/** Every value of that name, at any depth. */
function valuesOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(key === name ? [inner] : []), ...valuesOf(inner, name)]);
}
