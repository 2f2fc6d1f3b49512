import { parseAddressKey, parseMacKey } from './address-key.ts';
import { type ChangedKey, ChangeLog } from './change-log.ts';
import { ClaimTable } from './claim-table.ts';
import { PrefixTable } from './prefix-table.ts';
import type { Claims, Interval, PortClaim, Resource, Target } from './resource.ts';

/** IANA numbers of the transports that have ports. */
export const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** Key of a port of a transport. */
export function portKey(port: number, protocol: number): number {
  return port * 256 + protocol;
}

/** Key of a logical port (16 bits) of a virtual network (24 bits). */
export function logicalPortKey(vni: number, port: number): number {
  return vni * 0x1_0000 + port;
}

/** Who claims ports at one address. */
export class PortClaims {
  /** The port is the resource itself. */
  readonly owners = new ClaimTable<number>();
  /** The service is served there. */
  readonly services = new ClaimTable<number>();

  /** All claimed ports. */
  keys(): number[] {
    return [...new Set([...this.owners.keys(), ...this.services.keys()])];
  }
}

/**
 * The local copy of all resources, with their recent past: who holds which address, when. `version` changes with every
 * change, so that whoever remembers answers knows when to forget them.
 */
export class ResourceIndex {
  readonly addresses = new ClaimTable<string>();
  readonly macs = new ClaimTable<number>();
  readonly interfaces = new ClaimTable<string>();
  readonly agents = new ClaimTable<string>();
  readonly tunnels = new ClaimTable<number>();
  readonly logicalPorts = new ClaimTable<number>();
  readonly containers = new ClaimTable<string>();
  readonly prefixes = new PrefixTable();
  /** Whose addresses lead to one by translation. */
  readonly #translated = new ClaimTable<string>();
  readonly #ports = new Map<string, PortClaims>();
  readonly #resources = new Map<string, Resource>();
  readonly #peers = new Map<string, Set<string>>();
  readonly #log = new ChangeLog();

  get version(): number {
    return this.#log.version;
  }

  /** What may be answered otherwise than at that version; undefined: anything. */
  changesAfter(version: number): readonly ChangedKey[] | undefined {
    return this.#log.after(version);
  }

  get size(): number {
    return this.#resources.size;
  }

  get(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  all(): Iterable<Resource> {
    return this.#resources.values();
  }

  /** Ports that someone claims at an address. */
  portsOf(addressKey: string): PortClaims | undefined {
    return this.#ports.get(addressKey);
  }

  peersOf(vpc: string): ReadonlySet<string> | undefined {
    return this.#peers.get(vpc);
  }

  /** Takes a resource in, in the place of its former version. */
  put(resource: Resource): void {
    const former = this.#resources.get(resource.id);
    if (former) this.#each(former, false);
    this.#resources.set(resource.id, resource);
    this.#each(resource, true);
    if (resource.peers || former?.peers) this.#link(resource);
    this.#note(former ? [resource, former] : [resource]);
  }

  /** Forgets the resource as if it had never been: for what lies further back than the history that is kept. */
  forget(id: string): void {
    const resource = this.#resources.get(id);
    if (!resource) return;
    this.#each(resource, false);
    this.#resources.delete(id);
    this.#note([resource]);
  }

  /** Forgets what was gone before that time. Returns how many. */
  forgetBefore(timeUs: number): number {
    const gone = [...this.#resources.values()].filter(({ toUs }) => toUs !== undefined && toUs < timeUs);
    for (const { id } of gone) this.forget(id);
    return gone.length;
  }

  /** What leads to a changed address changes with it. */
  #note(changed: readonly Resource[]): void {
    const keys = changed.flatMap(({ claims }) => (claims.addresses ?? []).map(({ ip }) => parseAddressKey(ip) ?? ''));
    const leading = keys.flatMap((key) => this.#translated.all(key).map(({ resource }) => resource));
    this.#log.add(...changed, ...leading);
  }

  #link({ name, peers = [] }: Resource): void {
    this.#peers.set(name, new Set(peers));
  }

  #each(resource: Resource, add: boolean): void {
    const { addresses, macs, prefixes, interfaces, agents, tunnels, ports, containers, logicalPorts }: Claims =
      resource.claims;
    const change = <K>(
      table: ClaimTable<K>,
      key: K | undefined,
      claim: Interval & { vpc?: string; target?: Target },
    ) => {
      if (key === undefined) return;
      if (add) table.add(key, resource, claim);
      else table.remove(key, resource);
    };
    for (const claim of addresses ?? []) change(this.addresses, parseAddressKey(claim.ip), claim);
    for (const { target } of [...(addresses ?? []), ...(ports ?? [])]) {
      if (target) change(this.#translated, parseAddressKey(target.ip), {});
    }
    for (const claim of macs ?? []) change(this.macs, parseMacKey(claim.mac), claim);
    for (const claim of interfaces ?? []) change(this.interfaces, `${claim.agent}\n${claim.interface}`, claim);
    for (const claim of agents ?? []) change(this.agents, claim.agent, claim);
    for (const claim of tunnels ?? []) change(this.tunnels, claim.vni, claim);
    for (const claim of logicalPorts ?? []) change(this.logicalPorts, logicalPortKey(claim.vni, claim.port), claim);
    for (const claim of containers ?? []) change(this.containers, claim.id, claim);
    for (const claim of prefixes ?? []) this.prefixes[add ? 'add' : 'remove'](claim, resource);
    for (const claim of ports ?? []) this.#changePort(claim, change);
  }

  #changePort(claim: PortClaim, change: (table: ClaimTable<number>, key: number, claim: PortClaim) => void): void {
    const address = parseAddressKey(claim.ip);
    const protocol = protocolNumbers[claim.protocol];
    if (address === undefined || protocol === undefined) return;
    let ports = this.#ports.get(address);
    if (!ports) this.#ports.set(address, (ports = new PortClaims()));
    change(claim.role === 'owns' ? ports.owners : ports.services, portKey(claim.port, protocol), claim);
    if (ports.owners.isEmpty && ports.services.isEmpty) this.#ports.delete(address);
  }
}
