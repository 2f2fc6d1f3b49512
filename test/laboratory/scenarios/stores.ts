import { rabbitmqCommand } from '@flowloom/testkit';
import type { Lab, Plan } from '../lib/lab.ts';
import { debianPython, programs } from '../lib/programs.ts';
import type { Scenario } from '../lib/scenario.ts';
import { atBegin, behind } from './plans.ts';

const databases = ['setpriv', 'mariadbd', 'mariadb-install-db', 'pg_createcluster'] as const;
const drivers = (...names: string[]) => names.map((name) => `/usr/lib/python3/dist-packages/${name}`);

/** Both databases one after another, then at once. */
async function queries(lab: Lab): Promise<Plan> {
  const [postgresql, mariadb] = [await lab.postgresql(), await lab.mariadb()];
  return [[postgresql], ['sleep 3'], [mariadb], [postgresql, mariadb]];
}

const asJdbc = (plan: Plan): Plan =>
  plan.map((stage) =>
    stage.map((step) => {
      const { protocol, host, username } = new URL(step.replace('sleep ', 'sleep:'));
      if (protocol === 'sleep:') return step;
      return protocol === 'mysql:'
        ? `jdbc:mariadb://${host}/?user=${username}`
        : `jdbc:postgresql://${host}/postgres?user=${username}`;
    }),
  );

/** Databases, pipelines and brokers behind services, with stock drivers. */
export const stores: readonly Scenario[] = [
  {
    name: 'Go databases',
    shows: 'pgx and go-sql-driver/mysql, with their pools',
    needs: ['go', ...databases],
    start: async (lab) => lab.service(await programs.go(), await queries(lab)),
  },
  {
    name: 'Python databases',
    shows: 'psycopg and PyMySQL on a thread per connection',
    needs: [debianPython, ...drivers('psycopg', 'pymysql'), ...databases],
    start: async (lab) => lab.service(await programs.pythonThreads(debianPython), await queries(lab)),
  },
  {
    name: 'asyncpg',
    shows: 'asyncio with a pool of connections to PostgreSQL, extended protocol',
    needs: [debianPython, ...drivers('asyncpg'), ...databases],
    start: async (lab) => {
      const postgresql = await lab.postgresql();
      const plan = [[postgresql], ['sleep 3'], [postgresql, postgresql]];
      return lab.service(await programs.pythonAsyncio(debianPython), plan);
    },
  },
  {
    name: 'Node databases',
    shows: 'event loop, pg and mysql2 with pools of 16, for which requests wait at 64 at once',
    needs: databases,
    start: async (lab) => lab.service(await programs.node(), await queries(lab)),
  },
  {
    name: 'Node fetch and stores',
    shows:
      'event loop; a cache, then two fetches and a pool of five connections at once, for which queries wait, then the cache',
    rest: `${atBegin}; what several have put off at once, until it is known how much each puts off`,
    needs: ['nginx', 'redis-server', ...databases],
    start: async (lab) => {
      const [leaf, other, cache] = [await lab.leaf(), await lab.leaf(), await lab.redis()];
      const plan = [[cache], [leaf, other, await lab.postgresql()], [cache]];
      return lab.service(await programs.node(), plan, { LAB_CLIENT: 'fetch', LAB_POOL: '5' });
    },
  },
  {
    name: 'Java JDBC',
    shows: 'a thread of a pool per request, PostgreSQL JDBC and MariaDB Connector/J',
    needs: ['java', 'javac', 'mvn', ...databases],
    warmUp: 2000,
    start: async (lab) => {
      const [postgresql, mariadb] = asJdbc([[await lab.postgresql(), await lab.mariadb()]])[0];
      const plan = [[postgresql], ['sleep 3'], [mariadb], [postgresql]];
      return lab.service(await programs.java('java', { jdbc: true }), plan, { LAB_MODE: 'pool' });
    },
  },
  ...(
    [
      ['Go', programs.go, ['go']],
      ['Python', programs.pythonThreads, ['python3']],
      ['Node', programs.node, []],
    ] as const
  ).map(
    ([runtime, program, needs]): Scenario => ({
      name: `${runtime} Redis pipelines`,
      shows: 'three commands in one go, between single ones',
      ...(runtime === 'Node' && { rest: atBegin }),
      needs: [...needs, ...behind],
      start: async (lab) => {
        const cache = await lab.redis();
        const pipeline = cache.replace('redis:', 'pipeline:');
        return lab.service(await program(), [[pipeline], ['sleep 3'], [cache], [pipeline]]);
      },
    }),
  ),
  ...(
    [
      ['Go', programs.go, 'it acknowledges', { LAB_SERVE: 'amqp' }],
      ['Python', programs.pythonConsumer, 'it acknowledges', {}],
      ['Python, pool', programs.pythonConsumer, 'its threads get, one after another', { LAB_CONSUMES: 'pool' }],
      [
        'Python, unacknowledged',
        programs.pythonConsumer,
        'it takes from its queue',
        { LAB_CONSUMES: 'unacknowledged' },
      ],
    ] as const
  ).map(
    ([runtime, program, what, env]): Scenario => ({
      name: `RabbitMQ to ${runtime}`,
      shows: `Go publishes on one channel, the message alone tells nothing: the consumer has traces of its own, by what ${what}`,
      afterwardsMs: 3000,
      needs: ['go', debianPython, rabbitmqCommand, 'epmd', ...behind],
      start: async (lab) => {
        const [leaf, broker] = [await lab.leaf(), await lab.rabbitmq()];
        const cache = await lab.redis();
        await lab.consumer(await program(), [[leaf], [cache]], broker, env);
        return lab.service(await programs.go(), [[cache], [broker], ['sleep 3'], [broker, leaf]]);
      },
    }),
  ),
];
