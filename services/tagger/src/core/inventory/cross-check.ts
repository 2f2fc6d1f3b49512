import type { Inventory } from './schema.ts';

export interface CrossIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const lists = ['nodes', 'pods', 'services', 'vms', 'databases', 'loadBalancers', 'natGateways', 'hosts'] as const;

/** What a schema cannot say: names that must exist, and names that may stand only once. */
export function crossCheck(inventory: Inventory): CrossIssue[] {
  return [...unknownVpcs(inventory), ...repeatedNames(inventory)];
}

/** Where VPCs are listed, every other mention must be one of them: a typing error would hide all addresses in it. */
function unknownVpcs(inventory: Inventory): CrossIssue[] {
  if (inventory.vpcs.length === 0) return [];
  const known = new Set(inventory.vpcs.map(({ name }) => name)).add('');
  const issues: CrossIssue[] = [];
  const check = (vpc: string | undefined, path: PropertyKey[]) => {
    if (vpc !== undefined && !known.has(vpc)) issues.push({ path, message: `there is no VPC ${JSON.stringify(vpc)}` });
  };
  for (const list of ['subnets', ...lists] as const) {
    for (const [i, { vpc }] of inventory[list].entries()) check(vpc, [list, i, 'vpc']);
  }
  for (const [i, { peers }] of inventory.vpcs.entries()) {
    for (const [k, peer] of peers.entries()) check(peer, ['vpcs', i, 'peers', k]);
  }
  return issues;
}

/** Two entries of one name, namespace and VPC are one resource said twice, unless they existed one after the other. */
function repeatedNames(inventory: Inventory): CrossIssue[] {
  const issues: CrossIssue[] = [];
  for (const list of ['vpcs', 'subnets', ...lists] as const) {
    const seen = new Set<string>();
    for (const [i, entry] of inventory[list].entries()) {
      const { name, namespace, vpc, from } = entry as { name: string; namespace?: string; vpc?: string; from?: string };
      const key = JSON.stringify([name, namespace, vpc, from]);
      if (seen.has(key)) issues.push({ path: [list, i, 'name'], message: `${JSON.stringify(name)} stands here twice` });
      seen.add(key);
    }
  }
  return issues;
}
