import type { ExpectedRequest, Scenario } from '../scenario.ts';

const request = (
  version: string,
  request_type: string,
  request_resource: string,
  response_code: string | null,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'memcached',
  version,
  request_type,
  request_resource,
  response_code,
  response_status: 'ok',
  ...more,
});

/** pymemcache speaks the text protocol. */
const text = `
import sys
from pymemcache.client.base import Client
c = Client((sys.argv[1], 11211), default_noreply=False)
c.set('cart:7', 's3cr3t-memcached-value', expire=60)
c.get('cart:7')
c.get('cart:8')
c.get_many(['cart:7', 'cart:8'])
c.add('cart:7', 's3cr3t-memcached-value')
c.set('n', '1')
c.incr('n', 41)
value, cas = c.gets('n')
c.cas('n', '5', cas)
c.cas('n', '6', cas)
c.delete('cart:7')
c.delete('cart:7')
c.set('quiet', 's3cr3t-memcached-quiet', noreply=True)
c.touch('n', 10)
c.version()
c.quit()
`;

export const memcached: Scenario = {
  name: 'memcached',
  about: 'memcached 1.6, pymemcache (text protocol) and libmemcached (binary protocol)',
  needs: ['root', 'ip', 'memcached', 'memccp', '/usr/bin/python3'],
  ports: [11211],
  secrets: ['s3cr3t-memcached-value', 's3cr3t-memcached-quiet', 's3cr3t-memcached-file'],
  serve: async (stage) => {
    await stage.serve({
      name: 'memcached',
      port: 11211,
      command: ['memcached', '-u', 'root', '-l', '0.0.0.0', '-t', '1'],
    });
  },
  drive: async (stage) => {
    await stage.run(['/usr/bin/python3', '-c', text, stage.serverAddress]);
    const server = `--servers=${stage.serverAddress}`;
    await stage.run(['memccp', '--binary', server, stage.file('page', 's3cr3t-memcached-file')]);
    await stage.run(['memccat', '--binary', server, 'page']);
    await stage.run(['memccat', '--binary', server, 'nothing'], { mayFail: true });
    await stage.run(['memcrm', '--binary', server, 'page']);
    const line = (command: string, key: string, code: string | null, more?: ExpectedRequest) =>
      request('text', command, `${command} ${key}`.trim(), code, more);
    const binary = (command: string, key: string, code: string, more?: ExpectedRequest) =>
      request('binary', command, `${command} ${key}`.trim(), code, more);
    const quit = binary('quit', '', '0');
    const hit: ExpectedRequest = { rows_affected: 1 };
    const miss: ExpectedRequest = { rows_affected: null };
    const oneWay: ExpectedRequest = { is_one_way: true };
    return [
      line('set', 'cart:7', 'STORED'),
      line('get', 'cart:7', 'END', hit),
      line('get', 'cart:8', 'END', miss),
      line('get', 'cart:7 cart:8', 'END', hit),
      line('add', 'cart:7', 'NOT_STORED'),
      line('set', 'n', 'STORED'),
      line('incr', 'n', 'OK'),
      line('gets', 'n', 'END', hit),
      line('cas', 'n', 'STORED'),
      line('cas', 'n', 'EXISTS'),
      line('delete', 'cart:7', 'DELETED'),
      line('delete', 'cart:7', 'NOT_FOUND'),
      line('set', 'quiet', null, oneWay),
      line('touch', 'n', 'TOUCHED'),
      line('version', '', 'VERSION'),
      line('quit', '', null, oneWay),
      ...[binary('set', 'page', '0'), quit],
      ...[binary('getk', 'page', '0'), quit],
      ...[binary('getk', 'nothing', '1', { response_result: 'Key not found' }), quit],
      ...[binary('delete', 'page', '0'), quit],
    ];
  },
};
