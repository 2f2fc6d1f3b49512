import type { Scenario } from '../scenario.ts';
import { dns } from './dns.ts';
import { http } from './http.ts';
import { http2 } from './http2.ts';
import { mariadb } from './mariadb.ts';
import { memcached } from './memcached.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';

export const scenarios: readonly Scenario[] = [http, http2, postgresql, mariadb, redis, memcached, dns];
