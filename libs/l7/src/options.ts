/** How much L7 keeps, waits and reveals. */
export interface L7Options {
  /** A request without a response for so long is timed out, ms, where its protocol says nothing else. */
  readonly timeoutMs: number;
  /** Requests waiting for their responses, in one connection and in all; beyond, the oldest is given up. */
  readonly maxOpenPerConnection: number;
  readonly maxOpen: number;
  /** Unread bytes kept of one direction, and of all connections together. */
  readonly maxHeldBytes: number;
  readonly maxHeldBytesOverall: number;
  /** Segments and bytes ahead of a hole that are kept before the hole is taken for a loss, and the longest wait, ms. */
  readonly maxAheadSegments: number;
  readonly maxAheadBytes: number;
  readonly maxAheadMs: number;
  /** Segments or datagrams with payload that are judged before a connection is given up. */
  readonly maxJudged: number;
  /** False where only counts, status and times are wanted: protocols may then leave out the texts of an exchange. */
  readonly details: boolean;
  /** Server port to protocol name: an order, not a hint. */
  readonly decodeAs: ReadonlyMap<number, string>;
  /** Longest text of a record's field, characters. */
  readonly maxTextLength: number;
  /** Different endpoints of one protocol before the rest become `{other}`. */
  readonly maxEndpoints: number;
  readonly privacy: PrivacyOptions;
  /** Header names, lower case, whose value is the trace id: beside traceparent, b3, uber-trace-id and sw8. */
  readonly traceHeaders: readonly string[];
  /** Header names, lower case, that name one request all the way. */
  readonly requestIdHeaders: readonly string[];
}

/** What may leave the parser. By default as little as is useful. */
export interface PrivacyOptions {
  /** SQL with its literals. */
  readonly showSqlLiterals: boolean;
  /** Arguments of Redis and Memcached commands beyond the key. */
  readonly showValues: boolean;
  /** Values of these query parameters are replaced, lower case. */
  readonly maskedQueryParameters: ReadonlySet<string>;
  /** Headers that become attributes `http.request.header.<name>` and `http.response.header.<name>`, lower case. */
  readonly headers: ReadonlySet<string>;
}

export const defaultPrivacy: PrivacyOptions = {
  showSqlLiterals: false,
  showValues: false,
  maskedQueryParameters: new Set(
    (
      'access_token api_key apikey auth authorization awsaccesskeyid client_secret code credential id_token jwt key ' +
      'otp passwd password pin private_key pwd refresh_token secret session session_id sessionid sid sig signature ' +
      'ssn state token x-amz-credential x-amz-security-token x-amz-signature x-goog-signature'
    ).split(' '),
  ),
  headers: new Set(),
};

export const defaultOptions: L7Options = {
  timeoutMs: 120_000,
  maxOpenPerConnection: 16_384,
  maxOpen: 200_000,
  maxHeldBytes: 64 * 1024,
  maxHeldBytesOverall: 256 * 1024 * 1024,
  maxAheadSegments: 64,
  maxAheadBytes: 128 * 1024,
  maxAheadMs: 1_000,
  maxJudged: 12,
  details: true,
  decodeAs: new Map(),
  maxTextLength: 1024,
  maxEndpoints: 2000,
  privacy: defaultPrivacy,
  traceHeaders: [],
  requestIdHeaders: ['x-request-id'],
};
