import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import { BY_SOURCE, type Walk } from '../walk.ts';

export type TunnelName = Exclude<keyof typeof Tunnel, 'none'>;

/** Ports at which tunnels are looked for unless told otherwise: UDP destination ports, of STT a TCP destination port. */
export const defaultTunnelPorts = {
  /** IANA's and Linux's. */
  vxlan: [4789, 8472],
  vxlan_gpe: [4790],
  geneve: [6081],
  gtp: [2152],
  /** L2TP and Teredo also by source port. */
  l2tp: [1701],
  teredo: [3544],
  /** RFC 7510. */
  mpls: [6635],
  /** RFC 8086. */
  gre: [4754],
  stt: [7471],
} as const satisfies Partial<Record<TunnelName, readonly number[]>>;

export type PortTunnelName = keyof typeof defaultTunnelPorts;

/** Which tunnels are opened, and at which ports. All are, at the ports that IANA and Linux give them. */
export interface TunnelOptions {
  /** Tunnels that are not opened: their packets stay flows of the outer addresses. */
  closed?: readonly TunnelName[];
  /** Instead of the default ports of a tunnel. Of STT the first one counts. */
  ports?: Readonly<Partial<Record<PortTunnelName, readonly number[]>>>;
}

const layers = {
  vxlan: Layer.vxlan,
  vxlan_gpe: Layer.vxlan_gpe,
  geneve: Layer.geneve,
  gtp: Layer.gtp,
  l2tp: Layer.l2tp | BY_SOURCE,
  teredo: Layer.teredo | BY_SOURCE,
  mpls: Layer.mpls_tunnel,
  gre: Layer.gre,
} as const satisfies Partial<Record<PortTunnelName, number>>;

export function applyTunnelOptions(walk: Walk, { closed = [], ports = {} }: TunnelOptions = {}): void {
  const portsOf = { ...defaultTunnelPorts, ...ports };
  for (const [name, layer] of Object.entries(layers)) {
    for (const port of portsOf[name as keyof typeof layers]) walk.udpLayers[port] = layer;
  }
  for (const name of closed) walk.closedTunnels[Tunnel[name]] = 1;
  walk.sttPort = portsOf.stt[0] ?? -1;
}

/** Ports of tunnels given one by one, as an operator does: `vxlan`, 4789. Those named replace the default ports of theirs. */
export function tunnelPorts(given: Iterable<readonly [PortTunnelName, number]>): NonNullable<TunnelOptions['ports']> {
  const ports: Partial<Record<PortTunnelName, number[]>> = {};
  for (const [name, port] of given) (ports[name] ??= []).push(port);
  return ports;
}
