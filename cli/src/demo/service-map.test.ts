import type { RequestLog } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { nameOf, quantile, serviceMap } from './service-map.ts';

const request = (more: Partial<RequestLog>) =>
  ({
    client_workload: 'shop',
    server_workload: 'cart',
    client_ip: '10.0.0.1',
    server_ip: '10.0.0.2',
    protocol: 'http',
    request_type: 'GET',
    observation_point: 's',
    req_tcp_seq: 1,
    response_status: 'ok',
    has_response: true,
    duration_us: 100,
    ...more,
  }) as RequestLog;

describe('serviceMap', () => {
  it('counts requests and errors between two services, with the durations of what was answered', () => {
    const rows = [
      request({ duration_us: 300 }),
      request({ req_tcp_seq: 2, response_status: 'server_error' }),
      request({ req_tcp_seq: 3, response_status: 'timeout', has_response: false }),
    ];
    expect(serviceMap(rows)).toEqual([
      { client: 'shop', server: 'cart', protocol: 'http', requests: 3, errors: 2, durationsUs: [100, 300] },
    ]);
  });

  it('counts a request once that was seen at several points: as it was nearest to the server', () => {
    const rows = [
      request({ observation_point: 'c', duration_us: 900 }),
      request({ observation_point: 's', duration_us: 500 }),
      request({ observation_point: 'c-nd', duration_us: 800 }),
    ];
    expect(serviceMap(rows)).toMatchObject([{ requests: 1, durationsUs: [500] }]);
  });

  it('puts the busiest edge first, and keeps protocols apart', () => {
    const rows = [
      request({}),
      request({ protocol: 'redis', req_tcp_seq: 2 }),
      request({ protocol: 'redis', req_tcp_seq: 3 }),
    ];
    expect(serviceMap(rows).map(({ protocol, requests }) => [protocol, requests])).toEqual([
      ['redis', 2],
      ['http', 1],
    ]);
  });
});

describe('nameOf', () => {
  it('is the workload, else the service, the resource or the address', () => {
    expect(nameOf({ client_workload: 'w', client_service: 's' }, 'client')).toBe('w');
    expect(nameOf({ client_service: 's', client_ip: '10.0.0.1' }, 'client')).toBe('s');
    expect(nameOf({ server_resource_name: 'db', server_ip: '10.0.0.1' }, 'server')).toBe('db');
    expect(nameOf({ server_ip: '10.0.0.1' }, 'server')).toBe('10.0.0.1');
  });
});

describe('quantile', () => {
  it('is the nearest rank', () => {
    const sorted = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((q) => quantile(sorted, q))).toEqual([15, 20, 20, 35, 50]);
    expect(quantile([], 0.5)).toBe(0);
  });
});
