/**
 * OpenTelemetry semantic conventions 1.45, all in one place: which family of conventions a protocol follows, how it is
 * called there, and which answers are errors for whom. A test holds the names against the published package.
 */
export const schemaUrl = 'https://opentelemetry.io/schemas/1.45.0';

export const attr = {
  containerId: 'container.id',
  clientAddress: 'client.address',
  clientPort: 'client.port',
  clientServiceName: 'client.service.name',
  cloudAvailabilityZone: 'cloud.availability_zone',
  cloudRegion: 'cloud.region',
  dbNamespace: 'db.namespace',
  dbCollectionName: 'db.collection.name',
  dbOperationName: 'db.operation.name',
  dbQuerySummary: 'db.query.summary',
  dbQueryText: 'db.query.text',
  dbResponseReturnedRows: 'db.response.returned_rows',
  dbResponseStatusCode: 'db.response.status_code',
  dbSystemName: 'db.system.name',
  dnsAnswers: 'dns.answers',
  dnsQuestionName: 'dns.question.name',
  errorType: 'error.type',
  hostName: 'host.name',
  httpRequestMethod: 'http.request.method',
  httpRequestMethodOriginal: 'http.request.method_original',
  httpRequestResendCount: 'http.request.resend_count',
  httpRequestSize: 'http.request.size',
  httpResponseSize: 'http.response.size',
  httpResponseStatusCode: 'http.response.status_code',
  k8sClusterName: 'k8s.cluster.name',
  k8sContainerName: 'k8s.container.name',
  k8sNamespaceName: 'k8s.namespace.name',
  k8sNodeName: 'k8s.node.name',
  k8sPodName: 'k8s.pod.name',
  k8sServiceName: 'k8s.service.name',
  messagingDestinationName: 'messaging.destination.name',
  messagingOperationName: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingSystemName: 'messaging.system.name',
  networkPeerAddress: 'network.peer.address',
  networkPeerPort: 'network.peer.port',
  networkProtocolName: 'network.protocol.name',
  networkProtocolVersion: 'network.protocol.version',
  networkTransport: 'network.transport',
  networkType: 'network.type',
  /** Deprecated in 1.45 for server.service.name, but the one that Jaeger's page reads. */
  peerService: 'peer.service',
  processExecutableName: 'process.executable.name',
  processPid: 'process.pid',
  rpcMethod: 'rpc.method',
  rpcStatusCode: 'rpc.status_code',
  rpcSystemName: 'rpc.system.name',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  serverServiceName: 'server.service.name',
  serviceName: 'service.name',
  serviceNamespace: 'service.namespace',
  threadId: 'thread.id',
  urlFull: 'url.full',
  urlPath: 'url.path',
  urlQuery: 'url.query',
  urlScheme: 'url.scheme',
  urlTemplate: 'url.template',
} as const;

export type Family = 'http' | 'rpc' | 'db' | 'messaging' | 'dns' | 'other';

export interface Convention {
  readonly family: Family;
  /** The protocol's name as a value of db.system.name, rpc.system.name or messaging.system.name. */
  readonly system: string;
}

const families: Record<Exclude<Family, 'other'>, Record<string, string>> = {
  // What a web server passes on to an application is HTTP in another form.
  http: { http: 'http', http2: 'http', http3: 'http', fastcgi: 'http', uwsgi: 'http' },
  rpc: {
    grpc: 'grpc',
    dubbo: 'dubbo',
    jsonrpc: 'jsonrpc',
    // The conventions have no value for these: the protocol's own name.
    sofarpc: 'sofarpc',
    thrift: 'thrift',
    brpc: 'brpc',
    tars: 'tars',
    krpc: 'krpc',
    some_ip: 'some_ip',
  },
  db: {
    mysql: 'mysql',
    mariadb: 'mariadb',
    postgresql: 'postgresql',
    redis: 'redis',
    mongodb: 'mongodb',
    memcached: 'memcached',
    clickhouse: 'clickhouse',
    oracle: 'oracle.db',
    mssql: 'microsoft.sql_server',
    cassandra: 'cassandra',
  },
  messaging: {
    kafka: 'kafka',
    amqp: 'rabbitmq',
    rocketmq: 'rocketmq',
    pulsar: 'pulsar',
    openwire: 'activemq',
    // As above.
    mqtt: 'mqtt',
    nats: 'nats',
    zmtp: 'zmtp',
  },
  dns: { dns: 'dns', mdns: 'mdns', llmnr: 'llmnr' },
};

const conventions = new Map<string, Convention>(
  Object.entries(families).flatMap(([family, systems]) =>
    Object.entries(systems).map(([protocol, system]) => [protocol, { family: family as Family, system }]),
  ),
);

/** The convention that a protocol of the records follows. */
export function conventionOf(protocol: string): Convention {
  return conventions.get(protocol) ?? { family: 'other', system: protocol };
}

/** Known methods of http.request.method; all others are `_OTHER`. */
export const httpMethods = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** rpc.status_code of gRPC by number (grpc.io, "Status codes and their use in gRPC"). */
export const grpcStatus = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** The gRPC codes that are errors of the server too; for a client all but OK are. */
export const grpcServerErrors = new Set<string>([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);
