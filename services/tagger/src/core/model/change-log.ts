import { parseIp } from '@flowloom/records';
import { parseMacKey } from './address-key.ts';
import type { Resource } from './resource.ts';

/** A key under which answers may differ from before. */
export type ChangedKey = { readonly address: Uint32Array } | { readonly mac: number };

const keptKeys = 8192;

/** What changed in an index, for those who remember answers: key by key, or "everything" where that is no use. */
export class ChangeLog {
  #entries: { readonly version: number; readonly key: ChangedKey }[] = [];
  /** Changes after this version are in the log. */
  #since = 0;
  #version = 0;

  get version(): number {
    return this.#version;
  }

  /** Notes that a resource came, went or changed. */
  add(...resources: readonly Resource[]): void {
    this.#version++;
    if (resources.some(isSurrounding) || this.#entries.length > keptKeys) {
      this.#entries = [];
      this.#since = this.#version;
      return;
    }
    for (const key of resources.flatMap(keysOf)) this.#entries.push({ version: this.#version, key });
  }

  /** Keys that changed after that version; undefined: anything may have. */
  after(version: number): readonly ChangedKey[] | undefined {
    if (version < this.#since) return undefined;
    const last = this.#entries.findLastIndex((entry) => entry.version <= version);
    return this.#entries.slice(last + 1).map(({ key }) => key);
  }
}

/** Whether others are named or found by it: nodes, subnets, VPCs, owners of interfaces. */
function isSurrounding({ claims, peers }: Resource): boolean {
  const { prefixes = [], interfaces = [], agents = [], tunnels = [] } = claims;
  return peers !== undefined || [prefixes, interfaces, agents, tunnels].some((list) => list.length > 0);
}

function keysOf({ claims }: Resource): ChangedKey[] {
  const keys: ChangedKey[] = [];
  for (const ip of new Set([...(claims.addresses ?? []), ...(claims.ports ?? [])].map((claim) => claim.ip))) {
    const address = new Uint32Array(4);
    if (parseIp(ip, address, 0)) keys.push({ address });
  }
  for (const { mac: text } of claims.macs ?? []) {
    const mac = parseMacKey(text);
    if (mac !== undefined) keys.push({ mac });
  }
  return keys;
}
