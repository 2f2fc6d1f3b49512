import type { RequestRow, Side } from './request-row.ts';

/** Kinds of resources that are services by themselves; a host or a node only carries them. */
const serviceLike = new Set(['pod', 'service', 'workload', 'vm', 'rds', 'lb', 'nat_gateway']);

/**
 * service.name of one side: workload, service, resource, process, host; else the address. The many addresses of the
 * internet are one service, or that of the name by which the client asked for them.
 */
export function serviceName(row: RequestRow, side: 'client' | 'server'): string {
  const tags = row[side];
  const named = taggedName(tags);
  if (named) return named;
  if (tags.resource_type === 'internet') return (side === 'server' && askedDomain(row)) || 'internet';
  return (side === 'client' ? row.client_ip : row.server_ip) || 'unknown_service';
}

/** The name that the tags alone give; '' where address or request must help. */
export function taggedName(tags: Side): string {
  const isInternet = tags.resource_type === 'internet';
  return (
    tags.workload ||
    tags.service ||
    (serviceLike.has(tags.resource_type) ? tags.resource_name : '') ||
    tags.process ||
    (isInternet ? '' : tags.resource_name || tags.host || tags.node)
  );
}

function askedDomain(row: RequestRow): string {
  return row.protocol.startsWith('http') ? row.request_domain.replace(/:\d+$/, '') : '';
}
