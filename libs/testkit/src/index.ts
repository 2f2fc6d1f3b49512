export { atExit } from './at-exit.ts';
export { grpcGoBinary } from './build/grpc-go.ts';
export { helmBinary } from './build/helm.ts';
export { cached, cacheFolder, isCached } from './cache.ts';
export { type Certificates, createCertificates } from './certificates.ts';
export { FakeClock } from './clock.ts';
export { type CollectorOptions, type CollectorServer, startCollector } from './collector.ts';
export { type CustomResourceDefinition, installDefinitions, kubeOvnDefinitions } from './custom-resources.ts';
export { type JaegerServer, startJaeger } from './jaeger.ts';
export { KafkaBroker, kafkaMissing } from './kafka.ts';
export {
  type AuditEvent,
  type EtcdServer,
  type KubernetesOptions,
  type KubernetesServer,
  startEtcd,
  startKubernetes,
} from './kubernetes.ts';
export { type ApiObject, createObject } from './kubernetes-objects.ts';
export { type MavenDependency, mavenJars } from './maven.ts';
export { type Link, NetworkNamespaces } from './namespaces.ts';
export { findCommand, missing, type Need, titled } from './needs.ts';
export { type NginxOptions, type NginxServer, startNginx } from './nginx.ts';
export { type OtlpExport, type OtlpSink, startOtlpSink } from './otlp-sink.ts';
export { type OvnCentral, ovnMissing, startOvn } from './ovn.ts';
export { freePorts, isListening } from './ports.ts';
export { type RedisServer, startRedis } from './redis.ts';
export { type RedisCluster, type RedisSentinel, startRedisCluster, startRedisSentinel } from './redis-shapes.ts';
export { type ServerOptions, serverFolder, startServer, type TestServer } from './server.ts';
export { type MariadbOptions, mariadbSetup } from './setups/mariadb.ts';
export { type PostgresqlOptions, postgresqlSetup } from './setups/postgresql.ts';
export { type RabbitmqOptions, rabbitmqCommand, rabbitmqSetup } from './setups/rabbitmq.ts';
export { prepareServer, type ServerSetup, startSetup } from './setups/setup.ts';
export { eventually, MemorySink } from './sink.ts';
