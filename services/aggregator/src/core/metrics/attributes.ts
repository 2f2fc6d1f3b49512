import type { Attributes } from '@flowloom/otlp';
import type { Batch, NameColumn } from '@flowloom/records';

/** Kinds of resources that are services by themselves; nodes and hosts only carry them. */
const services = new Set(['pod', 'service', 'workload', 'vm', 'rds', 'redis', 'lb', 'nat_gateway']);

const sideTags = ['workload', 'service', 'resource_type', 'resource_name', 'node', 'namespace', 'vpc'] as const;

/** Columns that decide the attributes of both sides. */
export const sideColumns: readonly string[] = ['client', 'server'].flatMap((side) =>
  sideTags.map((tag) => `${side}_${tag}`),
);

/** Text of a name column in a row. */
export function nameAt(batch: Batch, column: string, row: number): string {
  return (batch.column(column) as NameColumn).get(row);
}

/**
 * Who talks to whom: client.service.name and server.service.name (workload, else service, else resource; `internet`;
 * `unknown`), their namespaces, VPCs and the service that was addressed. No addresses: their number has no bound.
 */
export function sideAttributes(batch: Batch, row: number): Attributes {
  return { ...oneSide(batch, row, 'client'), ...oneSide(batch, row, 'server') };
}

function oneSide(batch: Batch, row: number, side: 'client' | 'server'): Attributes {
  const tag = (name: (typeof sideTags)[number]) => nameAt(batch, `${side}_${name}`, row);
  const resource = services.has(tag('resource_type')) ? tag('resource_name') : '';
  const name = tag('workload') || tag('service') || resource || tag('resource_name') || tag('node') || 'unknown';
  return present({
    [`${side}.service.name`]: name,
    [`${side}.service.namespace`]: tag('namespace'),
    [`flowloom.${side}.service`]: tag('service'),
    [`flowloom.${side}.vpc`]: tag('vpc'),
  });
}

/** Without the attributes that do not apply. */
export function present(attributes: Record<string, string>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}
