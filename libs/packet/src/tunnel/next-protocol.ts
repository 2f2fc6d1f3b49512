import { Layer } from '../layer.ts';

/** Next protocol of VXLAN-GPE and NSH (RFC 8300 2.2); `Layer.done` for one that is not known. */
export function nextProtocol(number: number): Layer {
  switch (number) {
    case 1:
      return Layer.ipv4;
    case 2:
      return Layer.ipv6;
    case 3:
      return Layer.ethernet;
    case 4:
      return Layer.nsh;
    case 5:
      return Layer.mpls;
    default:
      return Layer.done;
  }
}
