import { spawnSync } from 'node:child_process';

/** TShark's names for protocols that have others here. */
const names: Record<string, string> = {
  ssl: 'tls',
  pgsql: 'postgresql',
  resp: 'redis',
  memcache: 'memcached',
  mongo: 'mongodb',
  fcgi: 'fastcgi',
  cql: 'cassandra',
  tds: 'mssql',
  bootp: 'dhcp',
  mdns: 'dns',
  llmnr: 'dns',
  someip: 'some_ip',
  websocket: 'websocket',
};

/** What TShark calls each conversation of a capture: by the two ports, as text, the protocols in its packets. */
export function namesByPorts(file: string): Map<string, Set<string>> {
  const fields = ['frame.protocols', 'tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'];
  const args = ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  // Of a cut file, which ends with an error, what could be read counts.
  const { stdout, error } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw new Error(`tshark: ${error.message}`);
  const found = new Map<string, Set<string>>();
  for (const line of stdout.split('\n')) {
    const [protocols, ...ports] = line.split('\t');
    const key = portsKey(ports.filter((port) => port !== '').map((port) => Number(port.split(',')[0])));
    let set = found.get(key);
    if (set === undefined) found.set(key, (set = new Set()));
    for (const name of protocols.split(':')) set.add(names[name] ?? name);
  }
  return found;
}

export const portsKey = (ports: readonly number[]): string => ports.toSorted((a, b) => a - b).join(' ');
