import { findLogicalPort, findMac, type Holders } from '../lookup/place.ts';
import type { ChangedKey } from '../model/change-log.ts';
import type { Claim } from '../model/claim-table.ts';
import { logicalPortKey, type ResourceIndex } from '../model/resource-index.ts';
import type { EndColumns } from './row-columns.ts';
import { TimedCache } from './timed-cache.ts';

/** Remembers who holds which MAC address and logical port. */
export class HolderCache {
  readonly #index: ResourceIndex;
  readonly #macs: TimedCache<Holders>;
  readonly #logicalPorts: TimedCache<Holders>;

  constructor(index: ResourceIndex, maxKeys: number) {
    this.#index = index;
    this.#macs = new TimedCache(2, maxKeys);
    this.#logicalPorts = new TimedCache(2, maxKeys);
  }

  /** Holders of one side of a row: of its logical port in the row's virtual network, else of its MAC address. */
  of({ mac, ovnPort }: EndColumns, vni: number, row: number, timeUs: number): readonly Claim[] {
    const atPort = ovnPort[row] === 0 ? [] : this.#logicalPort(vni, ovnPort[row], timeUs).claims;
    return atPort.length > 0 ? atPort : this.mac(mac[row], timeUs).claims;
  }

  mac(mac: number, timeUs: number): Holders {
    const { key } = this.#macs;
    key[0] = mac;
    key[1] = mac / 0x1_0000_0000;
    return this.#macs.get(timeUs, () => findMac(this.#index, mac, timeUs));
  }

  #logicalPort(vni: number, port: number, timeUs: number): Holders {
    const { key } = this.#logicalPorts;
    key[0] = vni;
    key[1] = port;
    return this.#logicalPorts.get(timeUs, () => findLogicalPort(this.#index, logicalPortKey(vni, port), timeUs));
  }

  forget(changed: readonly ChangedKey[]): void {
    this.#logicalPorts.clear();
    if (changed.some((key) => 'mac' in key)) this.#macs.clear();
  }

  clear(): void {
    this.#macs.clear();
    this.#logicalPorts.clear();
  }
}
