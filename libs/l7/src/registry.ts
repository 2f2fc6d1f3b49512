import type { Protocol } from './protocol.ts';
import { dnsOverTcp, dnsOverUdp } from './protocols/dns/index.ts';
import { http1 } from './protocols/http1/index.ts';
import { redis } from './protocols/redis/index.ts';

/** Every protocol that is recognised: one line each. Where two are as sure, the first wins. */
export const protocols: readonly Protocol[] = [http1, dnsOverUdp, dnsOverTcp, redis];
