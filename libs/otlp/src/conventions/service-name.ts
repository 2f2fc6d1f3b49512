import type { RequestRow } from './request-row.ts';

/** Kinds of resources that are services by themselves; a host or a node only carries them. */
const serviceLike = new Set(['pod', 'service', 'workload', 'vm', 'rds', 'lb', 'nat_gateway']);

/**
 * service.name of one side: workload, service, resource, process, host; else the address. The many addresses of the
 * internet are one service, or that of the name by which the client asked for them.
 */
export function serviceName(row: RequestRow, side: 'client' | 'server'): string {
  const named = side === 'client' ? clientName(row) : serverName(row);
  if (named) return named;
  if (row[`${side}_resource_type`] === 'internet') return (side === 'server' && askedDomain(row)) || 'internet';
  return row[`${side}_ip`] || 'unknown_service';
}

function clientName(row: RequestRow): string {
  return (
    row.client_workload ||
    row.client_service ||
    (serviceLike.has(row.client_resource_type) ? row.client_resource_name : '') ||
    row.client_process ||
    (row.client_resource_type === 'internet' ? '' : row.client_resource_name || row.client_host || row.client_node)
  );
}

function serverName(row: RequestRow): string {
  return (
    row.server_workload ||
    row.server_service ||
    (serviceLike.has(row.server_resource_type) ? row.server_resource_name : '') ||
    row.server_process ||
    (row.server_resource_type === 'internet' ? '' : row.server_resource_name || row.server_host || row.server_node)
  );
}

function askedDomain(row: RequestRow): string {
  return row.protocol.startsWith('http') ? row.request_domain.replace(/:\d+$/, '') : '';
}
