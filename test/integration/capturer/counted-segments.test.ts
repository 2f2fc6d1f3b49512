import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RawFlow } from '@flowloom/records';
import { NetworkNamespaces } from '@flowloom/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CountedAndShown } from './counted-and-shown.ts';

const program = fileURLToPath(new URL('counted-and-shown.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const hasFirewall = spawnSync('iptables', ['--version']).status === 0;
if (!hasFirewall) console.warn('without iptables nothing is lost on the way: few segments are sent again');
const loseSome = ['iptables', '-A', 'INPUT', '-i', 'lo', '-m', 'statistic', '--mode', 'nth', '--every', '499'];

/** Each program reads the clock for itself, so ids and times differ a little. */
const maxUs = 200;
const identity = ({ client_ip, client_port, server_ip, server_port, start_us }: RawFlow) =>
  `${client_ip} ${client_port} ${server_ip} ${server_port} ${Math.floor(start_us / 1e6)}`;
/** The last row of a flow that is open at the end may say nothing else. */
const saysSomething = ({ packets_tx, packets_rx }: RawFlow) => Number(packets_tx) + Number(packets_rx) > 0;

function split(row: RawFlow) {
  const fields = Object.entries(row).filter(([name]) => name !== 'flow_id');
  const isTime = ([name]: [string, unknown]) => name.endsWith('_us');
  return {
    counts: Object.fromEntries(fields.filter((field) => !isTime(field))),
    times: Object.fromEntries(fields.filter(isTime)) as Record<string, number>,
  };
}

let network: NetworkNamespaces;
beforeAll(() => {
  if (isRoot) network = new NetworkNamespaces('server');
});
afterAll(() => network?.close());

test.runIf(isRoot)('segments that are counted in the kernel give the rows that they give one by one', () => {
  if (hasFirewall) network.exec('server', ...loseSome, '--packet', '0', '-j', 'DROP');
  const { shown, counted, requests } = JSON.parse(
    network.exec('server', process.execPath, program, '1.3'),
  ) as CountedAndShown;
  expect(requests).toBeGreaterThan(20);
  expect(shown.dropped + counted.dropped).toBe(0);
  expect(counted.received).toBe(shown.received);
  expect(counted.frames).toBeLessThan(shown.frames / 2);
  const rows = shown.rows.filter(saysSomething);
  const others = new Map(counted.rows.filter(saysSomething).map((row) => [identity(row), split(row)]));
  expect(others.size).toBe(rows.length);
  for (const row of rows) {
    const { counts, times } = split(row);
    const other = others.get(identity(row));
    expect(other?.counts).toEqual(counts);
    for (const [name, us] of Object.entries(times)) {
      const measured = Number(counts[name.replace(/_(sum|max)_us$/, '_count')] ?? 1);
      expect(Math.abs(other!.times[name] - us), `${name} of ${identity(row)}`).toBeLessThan(maxUs + 2 * measured);
    }
  }
  if (hasFirewall)
    expect(rows.some(({ retrans_tx, retrans_rx }) => Number(retrans_tx) + Number(retrans_rx) > 0)).toBe(true);
});
