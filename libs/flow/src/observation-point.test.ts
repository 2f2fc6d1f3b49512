import { expect, test } from 'vitest';
import { type LinkKind, type ObservationPoint, observationPoint, rules, type SideFacts } from './observation-point.ts';

const none: SideFacts = { l2End: false, l3End: false, localMac: false, localIp: false };
const facts = (names: string): SideFacts => ({
  l2End: names.includes('2'),
  l3End: names.includes('3'),
  localMac: names.includes('m'),
  localIp: names.includes('i'),
});

/**
 * What an agent sees of the client (2: end in this segment by MAC, 3: by MAC and address, m: own MAC, i: own address), and
 * the point that follows if it sees the client so, and if it sees the server so (reference/flows.md 2.2).
 */
const cases: [LinkKind, string, boolean, ObservationPoint, ObservationPoint, string][] = [
  ['node', '23', false, 'c', 's', 'the interface of a pod'],
  ['node', '23', true, 'c-nd', 's-nd', 'a pod in a tunnel, on the interface of the node'],
  ['node', '2i', false, 'c-nd', 's-nd', 'translated to an address of the node'],
  ['node', '2', true, 'c-nd', 's-nd', 'a tunnel that ends in this segment'],
  ['node', '2', false, 'rest', 'rest', 'somebody else in this segment'],
  ['node', '3m', false, 'c-nd', 's-nd', 'routed through the MAC of the node'],
  ['node', '3', false, 'rest', 'rest', 'routed elsewhere'],
  ['node', 'mi', false, 'c-nd', 's-nd', 'the node itself'],
  ['node', 'm', true, 'c-nd', 's-nd', 'tunnelled by the node'],
  ['node', 'm', false, 'rest', 'rest', 'only passing through the node'],
  ['virtual-machine', '23', false, 'c', 's', 'the machine itself'],
  ['virtual-machine', '2', false, 's-gw', 'c-gw', 'a gateway: its far side is the other leg'],
  ['virtual-machine', '23', true, 'rest', 'rest', 'in a tunnel'],
  ['hypervisor', '23', false, 'c', 's', 'the interface of a virtual machine'],
  ['hypervisor', '23i', true, 'c-hv', 's-hv', 'in a tunnel of this host'],
  ['hypervisor', '23', true, 'rest', 'rest', 'in a tunnel of another host'],
  ['hypervisor', '2i', true, 'c-hv', 's-hv', 'in a tunnel, translated'],
  ['hypervisor', '2i', false, 's-gw', 'c-gw', 'a gateway by address'],
  ['hypervisor', '2m', true, 's-gw-hv', 'c-gw-hv', 'the host of a gateway'],
  ['hypervisor', '2m', false, 's-gw', 'c-gw', 'a gateway by MAC'],
  ['hypervisor', '2', false, 'rest', 'rest', 'somebody else in this segment'],
  ['hypervisor', '3m', false, 'c-hv', 's-hv', 'routed through the host'],
  ['hypervisor', '3', false, 'rest', 'rest', 'routed elsewhere'],
  ['hypervisor', 'mi', false, 'c-hv', 's-hv', 'the host itself'],
  ['hypervisor', 'm', true, 'c-hv', 's-hv', 'tunnelled by the host'],
  ['hypervisor', 'm', false, 's-gw-hv', 'c-gw-hv', 'forwarded by the host'],
  ['mirror', '2', false, 'c', 's', 'a mirrored port'],
];

test.each(cases)('%s, facts "%s", tunnelled %s: %s or %s: %s', (kind, names, tunnelled, asClient, asServer) => {
  expect(observationPoint(kind, facts(names), none, tunnelled, false)).toBe(asClient);
  expect(observationPoint(kind, none, facts(names), tunnelled, false)).toBe(asServer);
});

test('every row of the table decides one of these cases', () => {
  const decides = (rule: (typeof rules)[number]) =>
    cases.some(([kind, names, tunnelled]) => {
      const seen = facts(names);
      const fits = (r: (typeof rules)[number]) =>
        r.kind === kind &&
        (r.tunnelled ?? tunnelled) === tunnelled &&
        (['l2End', 'l3End', 'localMac', 'localIp'] as const).every((name) => (r[name] ?? seen[name]) === seen[name]);
      return rules.find(fits) === rule;
    });
  expect(rules.filter((rule) => !decides(rule))).toEqual([]);
});

test('of two sides that match, the end counts before the node, and then the client before the server', () => {
  expect(observationPoint('node', facts('mi'), facts('23'), false, false)).toBe('s');
  expect(observationPoint('node', facts('23'), facts('mi'), false, false)).toBe('c');
  expect(observationPoint('node', facts('23'), facts('23'), false, false)).toBe('c');
});

test('packets between equal MAC addresses never left the host', () => {
  for (const kind of ['replay', 'node', 'virtual-machine'] as const) {
    expect(observationPoint(kind, none, none, false, true)).toBe('local');
  }
});

test('a file, of which nothing is known, is the rest', () => {
  expect(observationPoint('replay', none, none, false, false)).toBe('rest');
});
