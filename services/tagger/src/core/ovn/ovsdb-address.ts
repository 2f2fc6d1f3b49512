/** `tcp:host:6642` or `ssl:host:6642`, as OVN's own tools have it; IPv6 in brackets. */
export const ovsdbAddress = /^(tcp|ssl):(?:\[([0-9a-f:]+)\]|([^\s:]+)):(\d+)$/i;

export interface OvsdbAddress {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
}

/** Of a text that the pattern has accepted. */
export function parseOvsdbAddress(text: string): OvsdbAddress {
  const [, scheme, host6, host4, port] = ovsdbAddress.exec(text)!;
  return { isTls: scheme.toLowerCase() === 'ssl', host: host6 ?? host4, port: Number(port) };
}
