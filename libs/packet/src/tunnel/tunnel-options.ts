import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import { BY_SOURCE, type Walk } from '../walk.ts';

/** Which tunnels are opened, and at which UDP destination ports. All are, at the ports that IANA and Linux give them. */
export interface TunnelOptions {
  /** Tunnels that are not opened: their packets stay flows of the outer addresses. */
  closed?: readonly Exclude<keyof typeof Tunnel, 'none'>[];
  /** Default 4789 (IANA) and 8472 (Linux). */
  vxlanPorts?: readonly number[];
  /** Default 4790. */
  vxlanGpePorts?: readonly number[];
  /** Default 6081. */
  genevePorts?: readonly number[];
  /** Default 2152. */
  gtpPorts?: readonly number[];
  /** Default 1701, also as source port. */
  l2tpPorts?: readonly number[];
  /** Default 3544, also as source port. */
  teredoPorts?: readonly number[];
  /** Default 6635 (RFC 7510). */
  mplsPorts?: readonly number[];
  /** Default 4754 (RFC 8086). */
  grePorts?: readonly number[];
  /** TCP destination port, default 7471. */
  sttPort?: number;
}

export function applyTunnelOptions(walk: Walk, options: TunnelOptions = {}): void {
  const layers: readonly (readonly [number, readonly number[]])[] = [
    [Layer.vxlan, options.vxlanPorts ?? [4789, 8472]],
    [Layer.vxlan_gpe, options.vxlanGpePorts ?? [4790]],
    [Layer.geneve, options.genevePorts ?? [6081]],
    [Layer.gtp, options.gtpPorts ?? [2152]],
    [Layer.l2tp | BY_SOURCE, options.l2tpPorts ?? [1701]],
    [Layer.teredo | BY_SOURCE, options.teredoPorts ?? [3544]],
    [Layer.mpls_tunnel, options.mplsPorts ?? [6635]],
    [Layer.gre, options.grePorts ?? [4754]],
  ];
  for (const [layer, ports] of layers) for (const port of ports) walk.udpLayers[port] = layer;
  for (const name of options.closed ?? []) walk.closedTunnels[Tunnel[name]] = 1;
  walk.sttPort = options.sttPort ?? 7471;
}
