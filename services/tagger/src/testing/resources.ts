import type { Interval, Resource } from '../core/model/resource.ts';
import { ResourceIndex } from '../core/model/resource-index.ts';

export function pod(
  name: string,
  ip: string,
  more: { vpc?: string; mac?: string; node?: string } & Interval = {},
): Resource {
  const { vpc = '', mac, node, fromUs, toUs } = more;
  return {
    id: `test/pod/${vpc}/${name}/${fromUs ?? ''}`,
    kind: 'pod',
    name,
    fromUs,
    toUs,
    tags: { pod: name, namespace: 'shop', workload: name.split('-')[0], vpc, ...(node ? { node } : {}) },
    claims: { addresses: [{ vpc, ip }], macs: mac ? [{ vpc, mac }] : [] },
  };
}

export function subnet(name: string, cidr: string, vpc = '', zone = 'z1'): Resource {
  return {
    id: `test/subnet/${vpc}/${name}`,
    kind: 'subnet',
    name,
    tags: { subnet: name, vpc, zone },
    claims: { prefixes: [{ vpc, cidr }] },
  };
}

export function indexOf(...resources: Resource[]): ResourceIndex {
  const index = new ResourceIndex();
  for (const resource of resources) index.put(resource);
  return index;
}
