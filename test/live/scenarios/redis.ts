import { eventually } from '@flowloom/testkit';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const password = 's3cr3t-redis-password';

function cli(stage: Stage, flags: string[], input?: string): Promise<string> {
  return stage.run(['redis-cli', '-h', stage.serverAddress, '--no-auth-warning', ...flags], { input, mayFail: true });
}

const command = (request_type: string, request_resource: string, more: ExpectedRequest = {}): ExpectedRequest => ({
  protocol: 'redis',
  request_type,
  request_resource,
  response_code: null,
  response_status: 'ok',
  ...more,
});
const failed = (response_code: string): ExpectedRequest => ({ response_code, response_status: 'client_error' });

/** What `redis-cli --pipe` sends in one go: RESP, made by hand. */
const resp = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
const numbers = Array.from({ length: 20 }, (_, i) => i + 1);

export const redis: Scenario = {
  name: 'redis',
  about: 'Redis 7.0, redis-cli (RESP2, RESP3, MULTI, pipeline, pub/sub)',
  needs: ['root', 'ip', 'redis-server', 'redis-cli'],
  ports: [6379],
  secrets: [
    password,
    's3cr3t-redis-value',
    's3cr3t-redis-field',
    's3cr3t-redis-script',
    's3cr3t-redis-wrong',
    's3cr3t-redis-message',
    's3cr3t-redis-acl',
  ],
  serve: async (stage) => {
    await stage.serve({
      name: 'redis',
      port: 6379,
      command: ['redis-server', '--bind', '0.0.0.0', '--save', '', '--appendonly', 'no', '--requirepass', password],
    });
  },
  drive: async (stage) => {
    await cli(
      stage,
      [],
      `GET before
AUTH s3cr3t-redis-wrong
AUTH ${password}
SET cart:7 s3cr3t-redis-value EX 60
GET cart:7
GET cart:8
HSET user:7 name s3cr3t-redis-field mail x
HGETALL user:7
LPUSH queue 1 2 3
LRANGE queue 0 -1
INCR user:7
EVAL "return 's3cr3t-redis-script'" 0
ACL SETUSER bob on >s3cr3t-redis-acl ~*
NOSUCH command
MULTI
SET a s3cr3t-redis-value
GET a
EXEC
`,
    );
    const login = ['-a', password];
    await cli(stage, [...login, '-3', 'HGETALL', 'user:7']);
    await cli(stage, [...login, '-3', 'DEL', 'user:7', 'cart:7']);
    const pipelined = numbers.map((n) => resp('SET', `n:${n}`, 's3cr3t-redis-value')).join('');
    await cli(stage, [...login, '--pipe'], pipelined);
    const subscriber = ['timeout', '3', 'redis-cli', '-h', stage.serverAddress, '--no-auth-warning', ...login];
    const heard = stage.run([...subscriber, 'SUBSCRIBE', 'news'], { mayFail: true });
    // Asked on the server's own loopback, which nobody captures.
    const numsub = ['redis-cli', '--no-auth-warning', ...login, 'PUBSUB', 'NUMSUB', 'news'];
    await eventually(async () => /\b1\b/.test(await stage.manage(numsub)), 'the subscriber');
    await cli(stage, [...login, 'PUBLISH', 'news', 's3cr3t-redis-message']);
    await heard;
    const auth = command('AUTH', 'AUTH ?');
    const hello = command('HELLO', 'HELLO ?');
    return [
      // What redis-cli asks before it reads commands from a file.
      command('COMMAND DOCS', 'COMMAND DOCS', failed('NOAUTH')),
      command('COMMAND', 'COMMAND', failed('NOAUTH')),
      command('GET', 'GET before', failed('NOAUTH')),
      command('AUTH', 'AUTH ?', failed('WRONGPASS')),
      auth,
      command('SET', 'SET cart:7 ? ? ?'),
      command('GET', 'GET cart:7'),
      command('GET', 'GET cart:8'),
      command('HSET', 'HSET user:7 ? ...'),
      command('HGETALL', 'HGETALL user:7'),
      command('LPUSH', 'LPUSH queue ? ? ?'),
      command('LRANGE', 'LRANGE queue ? ?', { rows_affected: 3 }),
      command('INCR', 'INCR user:7', failed('WRONGTYPE')),
      command('EVAL', 'EVAL ? ?'),
      command('ACL SETUSER', 'ACL SETUSER ? ...'),
      command('NOSUCH', 'NOSUCH ?', failed('ERR')),
      command('MULTI', 'MULTI'),
      command('SET', 'SET a ?'),
      command('GET', 'GET a'),
      command('EXEC', 'EXEC', { rows_affected: 2 }),
      ...[auth, hello, command('HGETALL', 'HGETALL user:7')],
      ...[auth, hello, command('DEL', 'DEL user:7 ?')],
      ...[auth, ...numbers.map((n) => command('SET', `SET n:${n} ?`)), command('ECHO', 'ECHO ?')],
      ...[auth, command('SUBSCRIBE', 'SUBSCRIBE news')],
      ...[auth, command('PUBLISH', 'PUBLISH news ?')],
    ];
  },
};
