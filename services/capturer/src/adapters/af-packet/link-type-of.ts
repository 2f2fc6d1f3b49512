import { LinkType } from '@flowloom/packet';

const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

/** LINKTYPE_ value of what a raw packet socket delivers from a link of this ARPHRD_ type. */
export function linkTypeOf(hardwareType: number): number {
  // Tunnels, PPP and tun devices deliver bare IP packets.
  return hardwareType === ARPHRD_ETHER || hardwareType === ARPHRD_LOOPBACK ? LinkType.ethernet : LinkType.raw;
}
