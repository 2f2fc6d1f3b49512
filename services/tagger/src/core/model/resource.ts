import type { SideTag } from '@flowloom/records';

/** `endpoints` names no owner of its own: its ports say which service is served at an address. */
export type ResourceKind =
  | 'pod'
  | 'service'
  | 'endpoints'
  | 'node'
  | 'workload'
  | 'vpc'
  | 'subnet'
  | 'vm'
  | 'rds'
  | 'redis'
  | 'lb'
  | 'nat_gateway'
  | 'router'
  | 'vip'
  | 'host';

export type Tags = Readonly<Partial<Record<SideTag, string>>>;

/** When a claim holds, µs since the epoch: [fromUs, toUs). Absent: as long as the resource itself. */
export interface Interval {
  readonly fromUs?: number;
  readonly toUs?: number;
}

/** The address is the resource's. VPC '' is what all VPCs of the installation share: nodes, cluster addresses. */
export interface AddressClaim extends Interval {
  readonly vpc: string;
  readonly ip: string;
  /** Who stands behind the address: the holder of another one, into which a gateway translates it. */
  readonly target?: Target;
}

/** Where address translation leads. */
export interface Target {
  readonly vpc: string;
  readonly ip: string;
  /** 0 or absent: the same as before. */
  readonly port?: number;
}

export interface MacClaim extends Interval {
  readonly vpc: string;
  readonly mac: string;
}

/** Addresses of the prefix (CIDR) lie in this subnet. */
export interface PrefixClaim extends Interval {
  readonly vpc: string;
  readonly cidr: string;
}

/** What a capturer of this name sees at this interface belongs to the resource, and to this VPC. */
export interface InterfaceClaim extends Interval {
  readonly vpc: string;
  readonly agent: string;
  readonly interface: string;
}

/** A capturer of this name runs on the resource; `vpc` where all its traffic is of one. */
export interface AgentClaim extends Interval {
  readonly agent: string;
  readonly vpc?: string;
}

/** Frames in a tunnel of this virtual network id are of this VPC. */
export interface TunnelClaim extends Interval {
  readonly vpc: string;
  readonly vni: number;
}

/**
 * `serves`: whoever has the address answers there for this resource's service. `owns`: at this port the address is
 * the resource itself, such as a pod on its node's network or a listener of a load balancer.
 */
export interface PortClaim extends Interval {
  readonly vpc: string;
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
  readonly role: 'serves' | 'owns';
  readonly target?: Target;
}

/** The logical port of a virtual network is the resource's: OVN says its key beside the network's. */
export interface LogicalPortClaim extends Interval {
  readonly vpc: string;
  readonly vni: number;
  readonly port: number;
}

/** The processes of a container are the resource. Ids are never used again, so that no time is asked for. */
export interface ContainerClaim extends Interval {
  /** As the runtime gives it: 64 hex digits. */
  readonly id: string;
  /** As the pod calls it. */
  readonly name: string;
}

export interface Claims {
  readonly addresses?: readonly AddressClaim[];
  readonly macs?: readonly MacClaim[];
  readonly prefixes?: readonly PrefixClaim[];
  readonly interfaces?: readonly InterfaceClaim[];
  readonly agents?: readonly AgentClaim[];
  readonly tunnels?: readonly TunnelClaim[];
  readonly ports?: readonly PortClaim[];
  readonly containers?: readonly ContainerClaim[];
  readonly logicalPorts?: readonly LogicalPortClaim[];
}

/**
 * Someone whom an address can belong to. A document is whole: it carries its past claims too (with `toUs`), so a
 * reader needs no earlier version of it.
 */
export interface Resource {
  /** Source, kind and UID: never used again, so that deleting one never touches the next holder of its address. */
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  /** Absent: since ever. */
  readonly fromUs?: number;
  /** Set once it is gone. */
  readonly toUs?: number;
  /** Without `resource_type` and `resource_name`, which are kind and name. */
  readonly tags: Tags;
  readonly claims: Claims;
  /** Of several that have an address at once, those of the highest rank count; absent: 0. */
  readonly rank?: number;
  /** Of a VPC: the VPCs whose addresses it can reach. */
  readonly peers?: readonly string[];
}
