import type { Ownership } from '@flowloom/flow';
import { parseIp } from '@flowloom/records';
import type { Neighbour, NetworkInterface } from './packet-source.ts';

/** What this host knows of addresses: those of its own interfaces, and those of the pods and virtual machines on it. */
export class HostAddresses implements Ownership {
  #ownMacs = new Set<number>();
  #macs = new Set<number>();
  #addresses = new Set<string>();
  #ends = new Set<string>();

  update(interfaces: readonly NetworkInterface[], inside: readonly Neighbour[]): void {
    this.#ownMacs = new Set(interfaces.map(({ mac }) => mac).filter((mac) => mac !== 0));
    this.#macs = new Set([...this.#ownMacs, ...inside.map(({ mac }) => mac)]);
    this.#addresses = new Set();
    this.#ends = new Set();
    for (const { mac, addresses } of interfaces) {
      for (const address of addresses) {
        const key = this.#add(address);
        if (key !== undefined) this.#ends.add(`${mac} ${key}`);
      }
    }
    for (const { address } of inside) this.#add(address);
  }

  #add(address: string): string | undefined {
    const words = new Uint32Array(4);
    if (!parseIp(address, words, 0)) return undefined;
    const key = keyOf(words, 0);
    this.#addresses.add(key);
    return key;
  }

  isLocalMac(mac: number): boolean {
    return this.#macs.has(mac);
  }

  isLocalAddress(words: Uint32Array, offset: number): boolean {
    return this.#addresses.has(keyOf(words, offset));
  }

  isSegmentMac(mac: number): boolean {
    return this.#ownMacs.has(mac);
  }

  isSegmentEnd(mac: number, words: Uint32Array, offset: number): boolean {
    return this.#ends.has(`${mac} ${keyOf(words, offset)}`);
  }
}

function keyOf(words: Uint32Array, offset: number): string {
  return `${words[offset]} ${words[offset + 1]} ${words[offset + 2]} ${words[offset + 3]}`;
}
