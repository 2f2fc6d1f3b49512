import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Merge, type RawFlow, rawFlow } from '@flowloom/records';
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
const flowOf = ({ client_ip, client_port, server_ip, server_port }: RawFlow) =>
  `${client_ip} ${client_port} ${server_ip} ${server_port}`;
const rowOf = (row: RawFlow) => `${flowOf(row)} ${Math.floor(row.start_us / 1e6)}`;
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

type Value = RawFlow[keyof RawFlow];
const merged: Readonly<Record<Merge, (value: Value, next: Value) => Value>> = {
  key: (value) => value,
  first: (value, next) => value || next,
  last: (value, next) => next || value,
  or: (value, next) => (typeof next === 'boolean' ? value || next : Number(value) | Number(next)),
  sum: (value, next) => Number(value) + Number(next),
  min: (value, next) => Math.min(Number(value), Number(next)),
  max: (value, next) => Math.max(Number(value), Number(next)),
};

/** What the rows of each flow say in all. */
function flowsOf(rows: readonly RawFlow[]): Map<string, RawFlow> {
  const flows = new Map<string, RawFlow>();
  for (const row of rows) {
    const before = flows.get(flowOf(row));
    const values = Object.entries(rawFlow.fields).map(([name, { merge }]) => {
      const value = row[name as keyof RawFlow] ?? 0; // absent
      return [name, before ? merged[merge](before[name as keyof RawFlow], value) : value];
    });
    flows.set(flowOf(row), Object.fromEntries(values));
  }
  return flows;
}

function expectAlike(row: RawFlow, other: RawFlow | undefined): void {
  const { counts, times } = split(row);
  const others = other && split(other);
  expect(others?.counts, flowOf(row)).toEqual(counts);
  for (const [name, us] of Object.entries(times)) {
    const measured = Number(counts[name.replace(/_(sum|max)_us$/, '_count')] ?? 1);
    expect(Math.abs(others!.times[name] - us), `${name} of ${flowOf(row)}`).toBeLessThan(maxUs + 2 * measured);
  }
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
  const [rows, others] = [shown, counted].map((seen) => seen.rows.filter(saysSomething));

  // What passes as a second ends may be in that second's row of the one and in the next one's of the other; in all it is the same.
  const flows = flowsOf(others);
  const expected = flowsOf(rows);
  expect([...flows.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, flow] of expected) expectAlike(flow, flows.get(name));
  const countsOf = (row: RawFlow) => JSON.stringify(split(row).counts);
  const same = new Map(others.map((row) => [rowOf(row), countsOf(row)]));
  expect(rows.filter((row) => same.get(rowOf(row)) === countsOf(row)).length).toBeGreaterThan(0.8 * rows.length);
  if (hasFirewall)
    expect(rows.some(({ retrans_tx, retrans_rx }) => Number(retrans_tx) + Number(retrans_rx) > 0)).toBe(true);
});
