import { existsSync, readFileSync } from 'node:fs';

const ARPHRD_ETHER = 1;
const IFF_NOARP = 0x80;

/** A network interface as sysfs shows it (Documentation/ABI/testing/sysfs-class-net). */
export interface Link {
  readonly name: string;
  readonly index: number;
  /** 48-bit MAC address, 0 without. */
  readonly mac: number;
  /** ARPHRD_ value. */
  readonly hardwareType: number;
  /** Index of the other end of a veth, perhaps in another namespace, or of the device below; else the own index. */
  readonly peer: number;
  /** Ethernet without a device behind it. */
  readonly isVirtual: boolean;
  /**
   * sysfs does not name a veth. But of the virtual Ethernet devices it alone has no DEVTYPE (as bridge, vlan, vxlan and
   * macvlan have) and does ARP (unlike dummy and ifb).
   */
  readonly looksLikeVeth: boolean;
}

/** Undefined where it is gone while it is read, or is no interface but a file such as bonding_masters. */
export function readLink(root: string, name: string): Link | undefined {
  const read = (file: string): string => readFileSync(`${root}/${name}/${file}`, 'utf8').trim();
  try {
    const hardwareType = Number(read('type'));
    const isVirtual = hardwareType === ARPHRD_ETHER && !existsSync(`${root}/${name}/device`);
    const looksLikeVeth = isVirtual && !/^DEVTYPE=/m.test(read('uevent')) && (Number(read('flags')) & IFF_NOARP) === 0;
    return {
      name,
      index: Number(read('ifindex')),
      mac: macOf(read('address')),
      hardwareType,
      peer: Number(read('iflink')),
      isVirtual,
      looksLikeVeth,
    };
  } catch {
    return undefined;
  }
}

/** `02:42:ac:11:00:02` as an integer; longer hardware addresses (InfiniBand, tunnels) have no MAC: 0. */
function macOf(text: string): number {
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text.replaceAll(':', ''), 16) : 0;
}
