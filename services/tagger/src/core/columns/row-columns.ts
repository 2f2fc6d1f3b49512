import type { Batch, NameColumn, NumberColumn } from '@flowloom/records';
import type { Sighting } from '../lookup/place.ts';
import { protocolNumbers } from '../model/resource-index.ts';

/** Tunnels whose id is a virtual network id (RFC 7348, RFC 8926, RFC 7637), not the key of some session. */
const virtualNetworks = new Set(['vxlan', 'geneve', 'nvgre', 'vxlan-gpe']);

/** Observation points of processes. */
const processSides: Readonly<Record<string, 'client' | 'server'>> = { 'c-p': 'client', 's-p': 'server' };

/** Of one side: where it may be found if its address does not tell. */
export interface EndColumns {
  readonly ip: Uint32Array;
  readonly mac: Float64Array;
  readonly ovnPort: Uint16Array;
}

/** The columns of a batch of flows or requests that tell who their sides are. */
export interface RowColumns {
  readonly startUs: Float64Array;
  readonly clientIp: Uint32Array;
  readonly serverIp: Uint32Array;
  readonly clientPort: Uint16Array;
  readonly serverPort: Uint16Array;
  readonly client: EndColumns;
  readonly server: EndColumns;
  /** Of requests: the container of the process at the row's observation point. */
  readonly container: NameColumn | undefined;
  /** By code of the observation point: whose process it is. */
  readonly processSide: readonly ('client' | 'server' | undefined)[];
  readonly point: Uint32Array;
  readonly agent: NameColumn;
  readonly interface: NameColumn;
  readonly tunnelId: Uint32Array;
  /** Codes of tunnel types: 1 where the tunnel id is a virtual network id. */
  readonly isVni: Uint8Array;
  readonly tunnelType: Uint32Array;
  /** IANA number by code of the transport: 0 where it has no ports. */
  readonly protocolNumber: Uint8Array;
  readonly protocol: Uint32Array;
}

/** `transport` is the name of the column that holds tcp, udp ... */
export function rowColumns(batch: Batch, transport: 'protocol' | 'transport'): RowColumns {
  const numbers = <A>(name: string) => (batch.column(name) as NumberColumn).values as unknown as A;
  const names = (name: string) => batch.column(name) as NameColumn;
  return {
    startUs: numbers('start_us'),
    clientIp: numbers('client_ip'),
    serverIp: numbers('server_ip'),
    clientPort: numbers('client_port'),
    serverPort: numbers('server_port'),
    container: transport === 'transport' ? names('container_id') : undefined,
    processSide: names('observation_point').dictionary.map((point) => processSides[point]),
    point: names('observation_point').values,
    client: { ip: numbers('client_ip'), mac: numbers('client_mac'), ovnPort: numbers('ovn_client_port') },
    server: { ip: numbers('server_ip'), mac: numbers('server_mac'), ovnPort: numbers('ovn_server_port') },
    agent: names('agent'),
    interface: names('interface'),
    tunnelId: numbers('tunnel_id'),
    isVni: Uint8Array.from(names('tunnel_type').dictionary, (type) => (virtualNetworks.has(type) ? 1 : 0)),
    tunnelType: names('tunnel_type').values,
    protocolNumber: Uint8Array.from(names(transport).dictionary, (name) => protocolNumbers[name] ?? 0),
    protocol: names(transport).values,
  };
}

/** Where a row was seen and whose process it is of, without its MAC addresses. */
export function sightingOf(columns: RowColumns, row: number): Sighting {
  const hasVni = columns.isVni[columns.tunnelType[row]] === 1;
  return {
    agent: columns.agent.get(row),
    interface: columns.interface.get(row),
    vni: hasVni ? columns.tunnelId[row] : undefined,
    container: columns.container?.get(row) ?? '',
  };
}
