import type { Ownership } from '@flowloom/flow';
import { parseIp } from '@flowloom/records';
import type { Neighbour, NetworkInterface } from './packet-source.ts';

/** What this host knows of the addresses around it: its own, and those of its neighbours. */
export class HostAddresses implements Ownership {
  #macs = new Set<number>();
  #segmentMacs = new Set<number>();
  #addresses = new Set<string>();
  #ends = new Set<string>();

  update(interfaces: readonly NetworkInterface[], neighbours: readonly Neighbour[]): void {
    this.#macs = new Set(interfaces.map(({ mac }) => mac).filter((mac) => mac !== 0));
    this.#segmentMacs = new Set(this.#macs);
    this.#addresses = new Set();
    this.#ends = new Set();
    for (const { mac, addresses } of interfaces) {
      for (const address of addresses) this.#add(mac, address, true);
    }
    for (const { mac, address, isRouter, isInside } of neighbours) {
      if (!isRouter) this.#segmentMacs.add(mac);
      if (isInside) this.#macs.add(mac);
      this.#add(mac, address, isInside);
    }
  }

  #add(mac: number, address: string, isLocal: boolean): void {
    const words = new Uint32Array(4);
    if (!parseIp(address, words, 0)) return;
    const key = keyOf(words, 0);
    if (isLocal) this.#addresses.add(key);
    this.#ends.add(`${mac} ${key}`);
  }

  isLocalMac(mac: number): boolean {
    return this.#macs.has(mac);
  }

  isLocalAddress(words: Uint32Array, offset: number): boolean {
    return this.#addresses.has(keyOf(words, offset));
  }

  isSegmentMac(mac: number): boolean {
    return this.#segmentMacs.has(mac);
  }

  isSegmentEnd(mac: number, words: Uint32Array, offset: number): boolean {
    return this.#ends.has(`${mac} ${keyOf(words, offset)}`);
  }
}

function keyOf(words: Uint32Array, offset: number): string {
  return `${words[offset]} ${words[offset + 1]} ${words[offset + 2]} ${words[offset + 3]}`;
}
