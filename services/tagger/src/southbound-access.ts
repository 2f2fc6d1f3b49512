import { readTlsFiles } from '@flowloom/service-kit/config';
import { monitorSouthbound, type SouthboundOptions } from './adapters/ovn/southbound-source.ts';
import { Southbound } from './core/ovn/southbound.ts';
import { type TaggerConfig, taggerConfig } from './tagger.config.ts';

const files = { ca: 'ovnCaFile', certificate: 'ovnCertificateFile', key: 'ovnKeyFile' } as const;

/** How OVN's southbound database is reached; undefined: it is not asked. Throws a `ConfigError`. */
export function southboundOf(config: TaggerConfig): SouthboundOptions | undefined {
  const tls = readTlsFiles(taggerConfig, config, files);
  return config.ovnSouthbound.length > 0 ? { addresses: config.ovnSouthbound, tls } : undefined;
}

/** How many networks and ports of pods the server at an address knows. Throws where it cannot be asked. */
export async function southboundAccess(
  { tls }: SouthboundOptions,
  address: string,
): Promise<{ readonly networks: number; readonly ports: number }> {
  const answered = new AbortController();
  const resources: string[] = [];
  const southbound = new Southbound({ put: ({ resource }) => void resources.push(resource), removed: () => {} });
  await monitorSouthbound(address, tls, southbound, () => answered.abort(), answered.signal);
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  return { networks: count('ovn/datapaths'), ports: count('ovn/ports') };
}
