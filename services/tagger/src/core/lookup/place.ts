import { type Claim, Validity } from '../model/claim-table.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceIndex } from '../model/resource-index.ts';

/** Where a row was seen, as far as its columns tell. MAC addresses are 48-bit numbers, 0 where unknown. */
export interface Sighting {
  readonly agent: string;
  readonly interface: string;
  /** Network id of a tunnel that has one (VXLAN, Geneve, NVGRE); undefined without such a tunnel. */
  readonly vni: number | undefined;
  readonly clientMac: number;
  readonly serverMac: number;
}

/** What a sighting says about all addresses in the row. */
export interface Place {
  readonly validity: Validity;
  /** The VPC in which the addresses are to be read; undefined where nothing says so. */
  readonly vpc: string | undefined;
  /** The node, VM or host on which the capturer runs. */
  readonly node: Resource | undefined;
  /** Whose interface it was. */
  readonly owner: Resource | undefined;
  /** Holders of the two MAC addresses. */
  readonly clientMac: readonly Resource[];
  readonly serverMac: readonly Resource[];
}

/** Order of belief for the VPC: the interface, the tunnel's network id, the MAC addresses, the agent. */
export function findPlace(index: ResourceIndex, sighting: Sighting, timeUs: number): Place {
  const validity = new Validity();
  const interfaces = index.interfaces.at(`${sighting.agent}\n${sighting.interface}`, timeUs, validity);
  const tunnels = sighting.vni === undefined ? [] : index.tunnels.at(sighting.vni, timeUs, validity);
  const agents = index.agents.at(sighting.agent, timeUs, validity);
  const clientMac = sighting.clientMac ? index.macs.at(sighting.clientMac, timeUs, validity) : [];
  const serverMac = sighting.serverMac ? index.macs.at(sighting.serverMac, timeUs, validity) : [];
  const vpc = onlyVpc(interfaces) ?? onlyVpc(tunnels) ?? onlyVpc(clientMac) ?? onlyVpc(serverMac) ?? onlyVpc(agents);
  const inVpc = (claims: Claim[]) =>
    claims.filter((claim) => vpc === undefined || claim.vpc === vpc).map((claim) => claim.resource);
  return {
    validity,
    vpc,
    node: agents[0]?.resource,
    owner: interfaces.length === 1 ? interfaces[0].resource : undefined,
    clientMac: inVpc(clientMac),
    serverMac: inVpc(serverMac),
  };
}

/** The VPC in which all of the claims are; undefined where there are none or they disagree. */
export function onlyVpc(claims: readonly Claim[]): string | undefined {
  const vpc = claims[0]?.vpc;
  return claims.every((claim) => claim.vpc === vpc) ? vpc : undefined;
}
