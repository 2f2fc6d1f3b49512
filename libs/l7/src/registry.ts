import type { Protocol } from './protocol.ts';
import { amqp } from './protocols/amqp/index.ts';
import { brpc } from './protocols/brpc/index.ts';
import { cassandra } from './protocols/cassandra/index.ts';
import { dhcp } from './protocols/dhcp/index.ts';
import { dnsOverTcp, dnsOverUdp } from './protocols/dns/index.ts';
import { dubbo } from './protocols/dubbo/index.ts';
import { fastcgi } from './protocols/fastcgi/index.ts';
import { ftp } from './protocols/ftp/index.ts';
import { http1 } from './protocols/http1/index.ts';
import { http2 } from './protocols/http2/index.ts';
import { icmp6Echo, icmpEcho } from './protocols/icmp/index.ts';
import { kafka } from './protocols/kafka/index.ts';
import { krpc } from './protocols/krpc/index.ts';
import { ldap } from './protocols/ldap/index.ts';
import { memcached, memcachedOverUdp } from './protocols/memcached/index.ts';
import { mongodb } from './protocols/mongodb/index.ts';
import { mqtt } from './protocols/mqtt/index.ts';
import { mssql } from './protocols/mssql/index.ts';
import { mysql } from './protocols/mysql/index.ts';
import { nats } from './protocols/nats/index.ts';
import { ntp } from './protocols/ntp/index.ts';
import { openwire } from './protocols/openwire/index.ts';
import { postgresql } from './protocols/postgresql/index.ts';
import { pulsar } from './protocols/pulsar/index.ts';
import { quic } from './protocols/quic/index.ts';
import { redis } from './protocols/redis/index.ts';
import { rocketmq } from './protocols/rocketmq/index.ts';
import { sip } from './protocols/sip/index.ts';
import { smtp } from './protocols/smtp/index.ts';
import { sofarpc } from './protocols/sofarpc/index.ts';
import { someIpOverTcp, someIpOverUdp } from './protocols/some-ip/index.ts';
import { ssh } from './protocols/ssh/index.ts';
import { tars } from './protocols/tars/index.ts';
import { thrift } from './protocols/thrift/index.ts';
import { tls } from './protocols/tls/index.ts';
import { uwsgi } from './protocols/uwsgi/index.ts';
import { websocket } from './protocols/websocket/index.ts';
import { zmtp } from './protocols/zmtp/index.ts';

/** Every protocol that is recognised: one line each. Where two are as sure, the first wins. */
export const protocols: readonly Protocol[] = [
  http1,
  http2,
  websocket,
  tls,
  quic,
  memcached,
  memcachedOverUdp,
  fastcgi,
  uwsgi,
  ssh,
  dubbo,
  thrift,
  brpc,
  krpc,
  sofarpc,
  tars,
  someIpOverTcp,
  someIpOverUdp,
  dnsOverUdp,
  dnsOverTcp,
  redis,
  mqtt,
  nats,
  kafka,
  rocketmq,
  smtp,
  ftp,
  mysql,
  sip,
  pulsar,
  zmtp,
  amqp,
  postgresql,
  openwire,
  dhcp,
  ntp,
  icmpEcho,
  icmp6Echo,
  mongodb,
  cassandra,
  ldap,
  mssql,
];
