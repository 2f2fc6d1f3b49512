import { describe, expect, it } from 'vitest';
import { compactLine } from './compact-line.ts';
import { type FilterOptions, logFilter } from './log-filter.ts';
import type { LogRecord } from './log-record.ts';

const flow = {
  flow_id: '1',
  end_us: 1_700_000_000_042_000,
  status: 'ok',
  close_type: 'normal',
  protocol: 'tcp',
  l7_protocol: 'redis',
  client_ip: '10.0.0.7',
  client_port: 41_022,
  server_ip: 'fd00::9',
  server_port: 6379,
  packets_tx: 14,
  packets_rx: 12,
  bytes_tx: 2310,
  bytes_rx: 5120,
} as LogRecord;
const request = {
  flow_id: '2',
  request_id: '3',
  end_us: 1_700_000_000_042_000,
  duration_us: 412,
  protocol: 'http',
  transport: 'tcp',
  request_type: 'GET',
  request_domain: 'cart',
  request_resource: '/items/7',
  response_code: '503',
  response_status: 'server_error',
  has_response: true,
  client_ip: '10.0.0.7',
  client_port: 41_024,
  client_pod: 'web-7d9f',
  client_namespace: 'shop',
  server_ip: '10.0.1.9',
  server_port: 8080,
  server_service: 'cart',
} as unknown as LogRecord;

describe('logFilter', () => {
  const shown = (options: FilterOptions) => [flow, request].filter(logFilter(options)).map(({ flow_id }) => flow_id);

  it.each<[FilterOptions, string[]]>([
    [{}, ['1', '2']],
    [{ type: 'flow' }, ['1']],
    [{ type: 'request' }, ['2']],
    [{ pod: ['web'] }, ['2']],
    [{ fromPod: ['shop/web-7d9f'] }, ['2']],
    [{ fromPod: ['other/web'] }, []],
    [{ toPod: ['web'] }, []],
    [{ namespace: ['shop'] }, ['2']],
    [{ service: ['cart', 'none'] }, ['2']],
    [{ ip: ['fd00::/8'] }, ['1']],
    [{ fromIp: ['10.0.0.0/24'] }, ['1', '2']],
    [{ toIp: ['10.0.0.0/24'] }, []],
    [{ port: [6379, 8080] }, ['1', '2']],
    [{ protocol: ['redis'] }, ['1']],
    [{ protocol: ['TCP'] }, ['1', '2']],
    [{ status: ['server_error'] }, ['2']],
    [{ httpMethod: ['get'] }, ['2']],
    [{ httpPath: ['^/items/\\d+$'] }, ['2']],
    [{ httpStatus: ['5+'] }, ['2']],
    [{ httpStatus: ['50'] }, []],
    [{ httpStatus: ['503'], protocol: ['redis'] }, []],
  ])('%j shows %j', (options, expected) => {
    expect(shown(options)).toEqual(expected);
  });

  it('refuses what is no address and no regular expression', () => {
    expect(() => logFilter({ ip: ['10.0.0.300'] })).toThrow('10.0.0.300');
    expect(() => logFilter({ ip: ['10.0.0.0/33'] })).toThrow('10.0.0.0/33');
    expect(() => logFilter({ httpPath: ['('] })).toThrow(SyntaxError);
  });
});

describe('compactLine', () => {
  it('shows a flow by its addresses, packets and end', () => {
    expect(compactLine(flow, false)).toBe(
      '22:13:20.042 10.0.0.7:41022 -> [fd00::9]:6379 tcp/redis 14/12 packets 2310/5120 bytes normal',
    );
  });

  it('shows a request by the names of its sides, what was asked and how it ended', () => {
    expect(compactLine(request, false)).toBe(
      '22:13:20.042 shop/web-7d9f:41024 -> cart:8080 http GET cart/items/7 server_error 503 0.412 ms',
    );
  });

  it('colours errors on a terminal', () => {
    expect(compactLine(request, true)).toContain('\u001b[31mserver_error 503\u001b[39m');
  });
});
