import { execFile, execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import { findCommand } from './needs.ts';
import { freePorts, isListening } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

/** A client that is silent is asked after this; when it is silent as long again, it is gone. */
const probeMs = 1000;
const schemas = '/usr/share/ovn';

export interface OvnCentral {
  /** The databases' addresses: `tcp:127.0.0.1:port`, and `ssl:...` where certificates were given. */
  readonly tcp: string;
  readonly ssl: string;
  /** Runs ovn-nbctl; resolves, when the southbound database has followed, to what it prints. */
  nbctl(...args: string[]): Promise<string>;
  sbctl(...args: string[]): Promise<string>;
  /** The databases die, with all connections; `startAgain` brings them back at the same addresses. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's ovn-central has schemas and ovn-northd; what it lacks, or undefined. */
export function ovnMissing(): string | undefined {
  const commands = ['ovsdb-server', 'ovsdb-tool', 'ovn-northd', 'ovn-nbctl', 'ovn-sbctl'];
  const missing = commands.filter((command) => !findCommand(command));
  if (missing.length > 0) return `${missing.join(', ')} not installed`;
  return existsSync(join(schemas, 'ovn-sb.ovsschema')) ? undefined : 'ovn-central is not installed';
}

/** OVN's two databases and ovn-northd, which makes the southbound one, tunnel keys included, of the northbound one. */
export async function startOvn(certificates?: Certificates): Promise<OvnCentral> {
  const folder = serverFolder('ovn');
  const [tcpPort, sslPort] = await freePorts(2);
  for (const name of ['ovn-nb', 'ovn-sb']) {
    execFileSync('ovsdb-tool', ['create', join(folder, `${name}.db`), join(schemas, `${name}.ovsschema`)]);
  }
  const files = certificates && {
    key: certificates.key,
    certificate: certificates.certificate,
    'ca-cert': certificates.ca,
  };
  for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(folder, `${name}.pem`), text);
  const secure = files
    ? [
        `--remote=pssl:${sslPort}:127.0.0.1`,
        '--private-key=key.pem',
        '--certificate=certificate.pem',
        '--ca-cert=ca-cert.pem',
      ]
    : [];
  const env = { OVS_RUNDIR: folder, OVN_RUNDIR: folder };
  const database = `unix:${join(folder, 'db.sock')}`;
  const remotes = ['--remote=punix:db.sock', '--remote=db:OVN_Southbound,SB_Global,connections', ...secure];
  const startDatabases = () =>
    startServer({
      name: 'ovsdb-server',
      command: [findCommand('ovsdb-server')!, ...remotes, '--unixctl=ovsdb.ctl', 'ovn-nb.db', 'ovn-sb.db'],
      folder,
      env,
      ready: async () => existsSync(join(folder, 'db.sock')),
    });
  let databases: TestServer = await startDatabases();
  const run = async (command: string, args: readonly string[]) =>
    (await promisify(execFile)(command, [`--db=${database}`, ...args])).stdout;
  const listener = `ptcp:${tcpPort}:127.0.0.1`;
  await run('ovn-sbctl', ['--', `--inactivity-probe=${probeMs}`, 'set-connection', listener]);
  const northd = await startServer({
    name: 'ovn-northd',
    command: ['ovn-northd', `--ovnnb-db=${database}`, `--ovnsb-db=${database}`, '--unixctl=northd.ctl'],
    env,
    ready: async () => true,
  });
  return {
    tcp: `tcp:127.0.0.1:${tcpPort}`,
    ssl: `ssl:127.0.0.1:${sslPort}`,
    nbctl: (...args) => run('ovn-nbctl', ['--wait=sb', '--timeout=10', ...args]),
    sbctl: (...args) => run('ovn-sbctl', args),
    kill: async () => {
      // Not by the server's own `kill`, which would remove its folder.
      process.kill(databases.pid, 'SIGKILL');
      while (await isListening(tcpPort)) await sleep(20);
    },
    startAgain: async () => {
      rmSync(join(folder, 'db.sock'), { force: true });
      databases = await startDatabases();
    },
    stop: async () => {
      await northd.kill();
      await databases.kill();
    },
  };
}
