import { u16 } from '../bytes.ts';
import type { Walk } from '../walk.ts';

/** Does an Ethernet frame with a sound IPv4 or IPv6 header begin at `at`? For tunnels that no header announces. */
export function isIpInEthernet(walk: Walk, at: number): boolean {
  const { bytes, end } = walk;
  if (end - at < 14) return false;
  const type = u16(bytes, at + 12);
  if (type === 0x0800) return isIpv4(walk, at + 14);
  return type === 0x86dd && isIpv6(walk, at + 14);
}

/** Version, header length and total length agree with each other and with what carries them. */
function isIpv4(walk: Walk, at: number): boolean {
  const { bytes, end } = walk;
  if (end - at < 20 || bytes[at] >> 4 !== 4) return false;
  const headerBytes = (bytes[at] & 15) << 2;
  const total = u16(bytes, at + 2);
  return headerBytes >= 20 && total >= headerBytes && at + total <= walk.wireEnd;
}

/** Version and payload length agree with what carries them. */
export function isIpv6(walk: Walk, at: number): boolean {
  const { bytes, end } = walk;
  return end - at >= 40 && bytes[at] >> 4 === 6 && at + 40 + u16(bytes, at + 4) <= walk.wireEnd;
}
