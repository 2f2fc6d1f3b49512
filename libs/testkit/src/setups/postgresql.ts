import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSetup } from './setup.ts';

export interface PostgresqlOptions {
  readonly port: number;
  /** Of the superuser `app`. */
  readonly password: string;
  /** Who may log in how, in pg_hba.conf's words; default: everybody without a password. */
  readonly hba?: string;
}

/** The newest version that Debian has here. */
function programs(): string {
  const root = '/usr/lib/postgresql';
  const [version] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return join(root, version, 'bin');
}

/** The server refuses to be root. */
const asUser = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];

/** PostgreSQL with a new cluster, on all addresses. */
export function postgresqlSetup({ port, password, hba = 'host all all all trust\n' }: PostgresqlOptions): ServerSetup {
  return {
    name: 'postgresql',
    port,
    prepare: async (folder) => {
      writeFileSync(join(folder, 'password'), password);
      execFileSync('chown', ['-R', 'postgres', folder]);
      const flags = ['-D', 'data', '-U', 'app', '-A', 'scram-sha-256', '--pwfile=password', '--no-sync', '-E', 'UTF8'];
      const [command, ...args] = [...asUser, join(programs(), 'initdb'), ...flags];
      execFileSync(command, args, { cwd: folder, stdio: 'ignore' });
    },
    command: () => [
      ...[...asUser, join(programs(), 'postgres'), '-D', 'data', '-k', '', '-p', String(port)],
      ...['-c', 'listen_addresses=*', '-c', 'hba_file=hba.conf', '-c', 'fsync=off', '-c', 'autovacuum=off'],
    ],
    files: { 'hba.conf': hba },
  };
}
