import { describe, expect, it } from 'vitest';
import type { NetworkInterface } from '../../core/packet-source.ts';
import { planRings, type RingPlan } from './ring-plan.ts';

const link = (index: number, name: string): NetworkInterface => ({
  index,
  name,
  mac: 0,
  addresses: [],
  hardwareType: 1,
  leadsToEnd: false,
});
const lo = link(1, 'lo');
const eth0 = link(2, 'eth0');
const veth = link(3, 'veth3');
const pods = Array.from({ length: 3 }, (_, i) => link(10 + i, `pod${i}`));
/** Indices of interfaces with a ring of their own, and what is let through by the one for all. */
const seen = ({ own, rest }: RingPlan) => ({ own: own.map(({ index }) => index), rest });

describe('planRings', () => {
  it('gives each interface a ring, and those that are not asked for none', () => {
    expect(seen(planRings([lo, eth0, veth], ['any'], 4))).toEqual({ own: [1, 2, 3], rest: undefined });
    expect(seen(planRings([lo, eth0, veth], ['eth0'], 4))).toEqual({ own: [2], rest: undefined });
    expect(seen(planRings([lo], ['eth0'], 4))).toEqual({ own: [], rest: undefined });
  });

  it('has one ring for all where there are many, or none may have its own', () => {
    expect(seen(planRings([lo, eth0, veth], ['any'], 2))).toEqual({ own: [], rest: { except: [] } });
    expect(seen(planRings([lo, eth0, veth], ['lo', 'veth3'], 0))).toEqual({ own: [], rest: { interfaces: [1, 3] } });
  });

  it('leaves an interface in the ring that it has, whatever comes and goes', () => {
    const begun = planRings([lo, eth0], ['any'], 3);
    const full = planRings([lo, eth0, ...pods], ['any'], 3, begun);
    expect(seen(full)).toEqual({ own: [1, 2, 10], rest: { except: [1, 2, 10] } });
    const fewer = planRings([lo, ...pods, veth], ['any'], 3, full);
    expect(seen(fewer)).toEqual({ own: [1, 10], rest: { except: [1, 10] } });
    expect(seen(planRings([lo, pods[0]], ['any'], 3, fewer))).toEqual({ own: [1, 10], rest: undefined });
    const many = planRings([lo, eth0, veth], ['any'], 2);
    expect(seen(planRings([lo], ['any'], 2, many))).toEqual({ own: [], rest: { except: [] } });
  });

  it('takes an index that is used again for another interface', () => {
    const begun = planRings([lo, veth], ['any'], 3);
    expect(planRings([lo, link(3, 'other')], ['any'], 3, begun).own.map(({ name }) => name)).toEqual(['lo', 'other']);
  });
});
