import { execFileSync } from 'node:child_process';
import type { ServerSetup } from './setup.ts';

export interface MariadbOptions {
  readonly port: number;
  /** SQL that is run before it serves: databases, users. */
  readonly init: string;
}

const tables = ['--no-defaults', '--user=root', '--skip-test-db', '--auth-root-authentication-method=normal'];

/** MariaDB with new tables, on all addresses. */
export function mariadbSetup({ port, init }: MariadbOptions): ServerSetup {
  return {
    name: 'mariadb',
    port,
    prepare: async (folder) =>
      execFileSync('mariadb-install-db', [...tables, `--datadir=${folder}/data`], { stdio: 'ignore' }),
    command: (folder) => [
      ...['mariadbd', '--no-defaults', `--datadir=${folder}/data`, '--user=root', `--socket=${folder}/socket`],
      ...['--port', String(port), '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0'],
      ...['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=4M', '--init-file', `${folder}/init.sql`],
    ],
    files: { 'init.sql': init },
  };
}
