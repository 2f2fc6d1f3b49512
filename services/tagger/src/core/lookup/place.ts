import { type Claim, Validity } from '../model/claim-table.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceIndex } from '../model/resource-index.ts';

/** Where a row was seen, as far as its columns tell, without its MAC addresses. */
export interface Sighting {
  readonly agent: string;
  readonly interface: string;
  /** Network id of a tunnel that has one (VXLAN, Geneve, NVGRE); undefined without such a tunnel. */
  readonly vni: number | undefined;
  /** Container of the process that the row is of; '' without. */
  readonly container: string;
}

/** What a sighting says about all addresses in the row. */
export interface Spot {
  readonly validity: Validity;
  /** The VPC of the container, else of the interface, else of the tunnel. */
  readonly vpc: string | undefined;
  /** The VPC of all that this capturer sees: believed after the MAC addresses. */
  readonly agentVpc: string | undefined;
  /** The node, VM or host on which the capturer runs. */
  readonly node: Resource | undefined;
  /** Whose interface it was, or whose network namespace the process is in. */
  readonly owner: Resource | undefined;
  /** Whose process it was. */
  readonly container: Container | undefined;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly pod: Resource;
}

/** Who holds a MAC address, or a logical port. */
export interface Holders {
  readonly validity: Validity;
  /** The VPC in which all of them are. */
  readonly vpc: string | undefined;
  readonly claims: readonly Claim[];
}

/** All that a row says about where its addresses are to be looked up. */
export interface Place {
  /** The VPC in which the addresses are to be read; undefined where nothing says so. */
  readonly vpc: string | undefined;
  readonly node: Resource | undefined;
  readonly owner: Resource | undefined;
  /** Holders of the logical port on this side of the row, else of the MAC address there, in that VPC. */
  readonly byMac: readonly Resource[];
}

/** A place of which only the VPC is known. */
export function anywhereIn(vpc: string | undefined): Place {
  return { vpc, node: undefined, owner: undefined, byMac: [] };
}

/** Order of belief for the VPC: the container, the interface, the tunnel's network id; the caller goes on with MACs and agent. */
export function findSpot(index: ResourceIndex, sighting: Sighting, timeUs: number): Spot {
  const validity = new Validity();
  const interfaces = index.interfaces.at(`${sighting.agent}\n${sighting.interface}`, timeUs, validity);
  const tunnels = sighting.vni === undefined ? [] : index.tunnels.at(sighting.vni, timeUs, validity);
  const container = findContainer(index, sighting.container);
  // A pod of the host network has no addresses of its own.
  const addresses = (container?.pod.claims.addresses ?? []).filter(({ toUs }) => toUs === undefined);
  const vpcs = new Set(addresses.map(({ vpc }) => vpc));
  const agents = index.agents.at(sighting.agent, timeUs, validity);
  return {
    validity,
    vpc: (vpcs.size === 1 && [...vpcs][0]) || (onlyVpc(interfaces) ?? onlyVpc(tunnels)),
    agentVpc: onlyVpc(agents),
    node: agents[0]?.resource,
    owner: ownerOf(interfaces) ?? (addresses.length > 0 ? container?.pod : undefined),
    container,
  };
}

function ownerOf(interfaces: readonly Claim[]): Resource | undefined {
  return interfaces.length === 1 ? interfaces[0].resource : undefined;
}

function findContainer(index: ResourceIndex, id: string): Container | undefined {
  const pod = id === '' ? undefined : index.containers.all(id)[0]?.resource;
  const claim = pod?.claims.containers?.find((each) => each.id === id);
  return pod && claim && { name: claim.name, pod };
}

/** Holders of a logical port at that time. */
export function findLogicalPort(index: ResourceIndex, key: number, timeUs: number): Holders {
  const validity = new Validity();
  const claims = index.logicalPorts.at(key, timeUs, validity);
  return { validity, vpc: onlyVpc(claims), claims };
}

/** Holders of a 48-bit MAC address at that time. */
export function findMac(index: ResourceIndex, mac: number, timeUs: number): Holders {
  const validity = new Validity();
  const claims = index.macs.at(mac, timeUs, validity);
  return { validity, vpc: onlyVpc(claims), claims };
}

/** The VPC in which all of the claims are; undefined where there are none or they disagree. */
function onlyVpc(claims: readonly Claim[]): string | undefined {
  const vpc = claims[0]?.vpc;
  return claims.every((claim) => claim.vpc === vpc) ? vpc : undefined;
}
