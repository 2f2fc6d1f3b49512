import type { TaggerConfig } from '@flowloom/tagger/config';
import { type Check, type Finding, lacking, ok, skipped } from '../check.ts';

/** Each server of OVN's southbound database answers, where the tagger is to ask it. */
export function ovnCheck(config: TaggerConfig): Check {
  return { name: 'ovn', group: 'reach', run: () => ovn(config) };
}

async function ovn(config: TaggerConfig): Promise<Finding> {
  if (config.ovnSouthbound.length === 0) return skipped('FLOWLOOM_TAGGER_OVN_SOUTHBOUND is not set');
  const { southboundAccess, southboundOf } = await import('@flowloom/tagger/southbound');
  const found: string[] = [];
  for (const address of config.ovnSouthbound) {
    try {
      const { networks, ports } = await southboundAccess(southboundOf(config)!, address);
      found.push(`${address}: ${networks} networks, ${ports} ports of pods`);
    } catch (error) {
      return lacking(
        `${address}: ${(error as Error).message}`,
        'see that it can be reached from here; for ssl: that FLOWLOOM_TAGGER_OVN_CA_FILE, _CERTIFICATE_FILE and _KEY_FILE are those of kube-ovn-tls',
      );
    }
  }
  return ok(found.join('; '));
}
