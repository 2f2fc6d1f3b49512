import type { Scenario } from '../scenario.ts';
import { bulk } from './bulk.ts';
import { dns } from './dns.ts';
import { ftp } from './ftp.ts';
import { grpcGo, grpcNode } from './grpc.ts';
import { http } from './http.ts';
import { http2 } from './http2.ts';
import { kafka } from './kafka.ts';
import { ldap } from './ldap.ts';
import { mariadb } from './mariadb.ts';
import { memcached } from './memcached.ts';
import { mosquitto } from './mosquitto.ts';
import { nats } from './nats.ts';
import { postgresql } from './postgresql.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { smtp } from './smtp.ts';
import { tls } from './tls.ts';
import { websocket } from './websocket.ts';

export const scenarios: readonly Scenario[] = [
  http,
  http2,
  postgresql,
  mariadb,
  redis,
  memcached,
  dns,
  rabbitmq,
  mosquitto,
  nats,
  kafka,
  grpcGo,
  grpcNode,
  tls,
  websocket,
  ldap,
  ftp,
  smtp,
  bulk,
];
