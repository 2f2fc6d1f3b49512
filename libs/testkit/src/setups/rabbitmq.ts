import type { ServerSetup } from './setup.ts';

/** Where Debian has it. */
export const rabbitmqCommand = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export interface RabbitmqOptions {
  readonly port: number;
  /** Of the administrator `app`. */
  readonly password: string;
  /** Names of plugins. */
  readonly plugins?: readonly string[];
  /** Exchanges, queues and bindings, as its management exports them. */
  readonly definitions?: object;
  readonly env?: NodeJS.ProcessEnv;
}

/** RabbitMQ with one virtual host, on all addresses. It leaves `epmd` of Erlang behind. */
export function rabbitmqSetup({ port, password, plugins = [], definitions, env }: RabbitmqOptions): ServerSetup {
  const all = {
    users: [{ name: 'app', password, tags: 'administrator' }],
    vhosts: [{ name: '/' }],
    permissions: [{ user: 'app', vhost: '/', configure: '.*', write: '.*', read: '.*' }],
    ...definitions,
  };
  return {
    name: 'rabbitmq',
    port,
    files: {
      'rabbitmq.conf': `listeners.tcp.default = 0.0.0.0:${port}\nload_definitions = definitions.json\nlog.console = true\n`,
      'definitions.json': JSON.stringify(all),
      enabled_plugins: `[${plugins.join(',')}].\n`,
    },
    env: {
      RABBITMQ_NODENAME: 'flowloom@localhost',
      RABBITMQ_CONFIG_FILE: 'rabbitmq.conf',
      RABBITMQ_ENABLED_PLUGINS_FILE: 'enabled_plugins',
      RABBITMQ_MNESIA_BASE: 'mnesia',
      RABBITMQ_LOG_BASE: 'log',
      RABBITMQ_PID_FILE: 'pid',
      // The script becomes the server, instead of waiting for it.
      RUNNING_UNDER_SYSTEMD: '1',
      HOME: '.',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
      ...env,
    },
    command: [rabbitmqCommand],
  };
}
